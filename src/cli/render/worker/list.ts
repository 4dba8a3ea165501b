// `tandem worker list`: what each worker declares, and what of it can run here.
import type { WorkerView } from "../../../app/worker/view.ts";
import { oneLine, paragraph } from "../../plain.ts";
import { table, type Cell } from "../../table.ts";
import { count } from "../count-words.ts";
import type { Style } from "../style.ts";
import { scheduleText } from "./words.ts";

export function workersText(workers: readonly WorkerView[], style: Style): string {
  return workers.map((worker) => workerText(worker, style)).join("\n\n");
}

function workerText(worker: WorkerView, style: Style): string {
  const { colour, width } = style;
  const head = `${colour.strong(worker.name)}  ${colour.faint(oneLine(worker.path))}`;
  if (worker.error !== null) {
    const { message, remedy } = worker.error;
    return [
      `${head}  ${colour.fail("cannot be loaded")}`,
      ...message.split("\n").map((line) => paragraph(oneLine(line), 2, width)),
      colour.faint(paragraph(oneLine(remedy), 2, width)),
    ].join("\n");
  }
  const lines = table(capabilityRows(worker, style), { width, flexible: 2, indent: 2 });
  const facts = [
    ...(worker.isEnabled ? [] : ["switched off in the config"]),
    ...worker.pacers.map(
      (pacer) =>
        `pacer ${pacer.key}: ${count(pacer.allowedRequests, "call")} in ${pacer.intervalMs / 1000} s`,
    ),
    ...worker.notes,
    ...(worker.sdkVersion === null ? [] : [`@notionhq/workers ${worker.sdkVersion}`]),
  ];
  const notes = facts.map((fact) => colour.faint(paragraph(oneLine(fact), 2, width)));
  return [head, ...(lines === "" ? ["  Declares nothing."] : [lines]), ...notes].join("\n");
}

function capabilityRows(worker: WorkerView, { colour }: Style): readonly (readonly Cell[])[] {
  const titles = new Map(worker.databases.map((database) => [database.key, database.title]));
  return [
    ...worker.syncs.map((sync): readonly Cell[] => [
      { text: "sync" },
      { text: sync.key, paint: colour.strong },
      { text: `${sync.mode}, into "${titles.get(sync.database) ?? sync.database}"` },
      { text: `${scheduleText(sync.schedule)}${sync.isOverridden ? " (config)" : ""}` },
    ]),
    ...worker.others.map((other): readonly Cell[] => [
      { text: other.tag, ...(other.isRunnable ? {} : { paint: colour.faint }) },
      { text: other.key, paint: other.isRunnable ? colour.strong : colour.faint },
      { text: oneLine(other.title ?? "") },
      { text: other.use, paint: other.isRunnable ? undefined : colour.faint },
    ]),
  ];
}
