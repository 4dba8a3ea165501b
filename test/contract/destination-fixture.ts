// Declared databases and awkward cells for the destination contract.
import type { WriteCell } from "../../src/connectors/destination.ts";
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
} from "../../src/core/oneway/declaration.ts";

export function text(content: string): WriteCell & { readonly kind: "text" } {
  return { kind: "text", runs: [{ text: content, url: null }] };
}

const title: PropertyDeclaration = { name: "Name", shape: { type: "title" } };
const key: PropertyDeclaration = { name: "ID", shape: { type: "text" } };

const options = [
  { name: "Red", color: "red" },
  { name: "Plain", color: null },
];

const groups = [
  { name: "To-do", options: [{ name: "Open", color: "gray" }] },
  { name: "In progress", options: [{ name: "Busy", color: "blue" }] },
  { name: "Complete", options: [{ name: "Shut", color: "green" }] },
];

export const issues: DatabaseDeclaration = {
  key: "issues",
  type: "managed",
  title: "Issues",
  primaryKey: "ID",
  properties: [
    title,
    key,
    { name: "Count", shape: { type: "number", format: null } },
    { name: "Done", shape: { type: "checkbox" } },
    { name: "Status", shape: { type: "status", groups } },
  ],
  icon: { kind: "emoji", emoji: "🐞" },
  subItems: null,
};

export const people: DatabaseDeclaration = {
  ...issues,
  key: "people",
  title: "People",
  properties: [title, key],
};

/** Points to people, and to itself. */
export const project: DatabaseDeclaration = {
  ...issues,
  key: "project",
  title: "Projects",
  properties: [
    title,
    key,
    { name: "Lead", shape: { type: "relation", database: "people", twoWay: null } },
    { name: "Part of", shape: { type: "relation", database: "project", twoWay: null } },
  ],
};

/** The person every bench knows. */
export const person = "ada@example.com";

export interface EveryCell {
  readonly declared: PropertyDeclaration;
  readonly cell: WriteCell;
  /** What a person sees of it, as the benches print cells. */
  readonly shown: string;
  /** Clearing leaves something visible: a status its default, a checkbox no tick. */
  readonly isNeverBlank: boolean;
}

function every(
  name: string,
  shape: PropertyDeclaration["shape"],
  shownCell: readonly [WriteCell, string],
  isNeverBlank = false,
): EveryCell {
  return { declared: { name, shape }, cell: shownCell[0], shown: shownCell[1], isNeverBlank };
}

/** Each type of property that holds something of its own, with a value. */
export const everyCell: readonly EveryCell[] = [
  every("Text", { type: "text" }, [
    {
      kind: "text",
      runs: [
        { text: "see ", url: null },
        { text: "there", url: "https://example.com/x" },
      ],
    },
    "see there",
  ]),
  every("Site", { type: "url" }, [
    text("https://example.com/?a=b#c"),
    "https://example.com/?a=b#c",
  ]),
  every("Mail", { type: "email" }, [text("a@example.com"), "a@example.com"]),
  every("Phone", { type: "phone" }, [text("+49 30 1"), "+49 30 1"]),
  every("Tick", { type: "checkbox" }, [{ kind: "boolean", isTrue: true }, "true"], true),
  every("Part", { type: "number", format: "percent" }, [{ kind: "number", number: 0.25 }, "0.25"]),
  every("Stage", { type: "select", options }, [{ kind: "choice", name: "Fresh" }, "Fresh"]),
  every("State", { type: "status", groups }, [{ kind: "choice", name: "Busy" }, "Busy"], true),
  every("Tags", { type: "multi-select", options }, [
    { kind: "choices", names: ["Red", "New"] },
    "Red,New",
  ]),
  every("Day", { type: "date" }, [
    { kind: "date", start: { kind: "day", day: "2026-02-28" }, end: null },
    "2026-02-28",
  ]),
  every("Files", { type: "files" }, [
    { kind: "files", files: [{ name: "a.pdf", url: "https://example.com/a.pdf" }] },
    "https://example.com/a.pdf",
  ]),
  every("Who", { type: "people" }, [{ kind: "people", emails: [person] }, person]),
  every("Where", { type: "place" }, [
    {
      kind: "place",
      place: { lat: 52.5, lon: 13.4, name: "Here", address: null, googlePlaceId: null },
    },
    "52.5,13.4",
  ]),
];
