// A cell of a one-way change, in one line.
import { plainText, type Cell, type Moment } from "../../../core/oneway/cell.ts";

export function cellText(cell: Cell): string {
  switch (cell.kind) {
    case "blank":
      return "(empty)";
    case "text":
      return plainText(cell.runs);
    case "number":
      return String(cell.number);
    case "boolean":
      return cell.isTrue ? "yes" : "no";
    case "choice":
      return cell.name;
    case "choices":
      return cell.names.join(", ");
    case "date":
      return cell.end === null
        ? momentText(cell.start)
        : `${momentText(cell.start)} to ${momentText(cell.end)}`;
    case "people":
      return cell.emails.join(", ");
    case "files":
      return cell.files.map((file) => file.name).join(", ");
    case "place":
      return cell.place.name ?? `${cell.place.lat}, ${cell.place.lon}`;
    case "relation":
      return cell.keys.map((key) => `→ ${key}`).join(", ");
  }
}

function momentText(moment: Moment): string {
  if (moment.kind === "day") return moment.day;
  return `${moment.day} ${moment.time} ${moment.zone ?? "UTC"}`;
}
