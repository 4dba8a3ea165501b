// The story of the demonstration as data: what a chapter tells, what people do in it, and which
// commands run then, with the exit code each must have. Nothing is run here.
import type { Desk } from "./desk.ts";

export type Call =
  | { readonly kind: "plan" | "sync" | "verify" }
  /** What the log has on conflicts. */
  | { readonly kind: "conflict-log" }
  | { readonly kind: "explain"; readonly row: string; readonly field: string }
  /** Takes the newest run back. */
  | { readonly kind: "undo" }
  /** Holds both sides against each other without Tandem. */
  | { readonly kind: "compare" };

export interface Scene {
  /** Sentences before the commands. */
  readonly text: string;
  readonly act?: (desk: Desk) => void;
  /** Each with its exit code; 0 where none is named. */
  readonly calls: readonly (Call & { readonly exit?: number })[];
}

export interface Chapter {
  readonly title: string;
  readonly scenes: readonly Scene[];
}

const choice = (name: string) => ({ select: { name } });

const beginning: readonly Chapter[] = [
  {
    title: "The first sync",
    scenes: [
      {
        text: "47 specs are in Notion, and the delivery tracker in Airtable is empty. A plan shows every cell that would be written, and writes nothing.",
        calls: [{ kind: "plan" }],
      },
      { text: "It looks right, so it is carried out.", calls: [{ kind: "sync" }] },
    ],
  },
  {
    title: "A quiet run",
    scenes: [
      {
        text: "Fifteen minutes later nobody has edited anything. A run reads both sides and writes nothing: its own writes do not come back as edits.",
        calls: [{ kind: "sync" }],
      },
    ],
  },
  {
    title: "One row, edited on both sides",
    scenes: [
      {
        text: "Mara raises a priority in Notion. Jonas moves the ship date of the same spec in Airtable and notes what blocks it. The edits are in different fields, so all of them count.",
        act: (desk) => {
          desk.editPage(2, { Priority: choice("P0") });
          desk.wait(3);
          desk.editRecord(2, { "Ship Date": "2026-12-18", Blockers: "Waits for the search index" });
        },
        calls: [{ kind: "plan" }, { kind: "sync" }],
      },
    ],
  },
  {
    title: "One field, edited on both sides",
    scenes: [
      {
        text: "Both move the same target quarter. The config lets the last edit win: that is Jonas's, four minutes after Mara's. Hers is not lost; the log keeps it.",
        act: (desk) => {
          desk.editPage(3, { "Target Quarter": choice("2026 Q4") });
          desk.wait(4);
          desk.editRecord(3, { "Target Quarter": "2026 Q1" });
        },
        calls: [{ kind: "sync" }, { kind: "conflict-log" }],
      },
      {
        text: "Whoever is surprised by the value can ask where it came from.",
        calls: [{ kind: "explain", row: "Billing redesign 3", field: "Target Quarter" }],
      },
    ],
  },
];

const rows: readonly Chapter[] = [
  {
    title: "A row born in Airtable",
    scenes: [
      {
        text: "Ops adds a row to the tracker. It becomes a page, and its address comes back into the row.",
        act: (desk) => {
          desk.addRecord({
            "Spec Name": "Status page for outages",
            Status: "Draft",
            Priority: "P1",
            "Target Quarter": "2026 Q4",
            Sprint: "Sprint 4",
          });
        },
        calls: [{ kind: "sync" }],
      },
    ],
  },
  {
    title: "A page in the trash, a record deleted",
    scenes: [
      {
        text: "Mara trashes a page: its row is put away as Archived, not deleted. Jonas deletes a record: its page goes to the trash, from where it can be brought back.",
        act: (desk) => {
          desk.trashPage(5);
          desk.deleteRecord(6);
        },
        calls: [{ kind: "plan" }, { kind: "sync" }],
      },
    ],
  },
  {
    title: "Too much at once",
    scenes: [
      {
        text: "Somebody trashes a third of the database. That is more than a guard lets pass: the run stops before its first write.",
        act: (desk) => {
          for (let row = 20; row < 36; row += 1) desk.trashPage(row);
        },
        calls: [{ kind: "sync", exit: 3 }],
      },
      {
        text: "It was a slip. The pages are brought back, and the next run finds nothing to do.",
        act: (desk) => {
          for (let row = 20; row < 36; row += 1) desk.restorePage(row);
        },
        calls: [{ kind: "sync" }],
      },
    ],
  },
];

const ending: readonly Chapter[] = [
  {
    title: "A property with a new name",
    scenes: [
      {
        text: `"Ship Date" is renamed to "Launch Date" in Notion while a date moves in Airtable. Fields are known by id: the date arrives, and a notice asks for the new name in the config.`,
        act: (desk) => {
          desk.renameProperty("Ship Date", "Launch Date");
          desk.editRecord(7, { "Ship Date": "2026-12-01" });
        },
        calls: [{ kind: "sync" }],
      },
    ],
  },
  {
    title: "A run taken back",
    scenes: [
      {
        text: "Aiko marks three specs as shipped in Airtable, and a run carries that to Notion.",
        act: (desk) => {
          for (const row of [12, 13, 14]) desk.editRecord(row, { Status: "Shipped" });
        },
        calls: [{ kind: "sync" }],
      },
      {
        text: "They were the wrong three. Undo shows what it would put back, then does, and touches only cells that still hold what the run wrote.",
        calls: [{ kind: "undo" }],
      },
      {
        text: "Aiko sets the right status in Airtable. Notion holds it already: nothing to write.",
        act: (desk) => {
          desk.editRecord(12, { Status: "In review" });
          desk.editRecord(13, { Status: "Approved" });
          desk.editRecord(14, { Status: "In progress" });
        },
        calls: [{ kind: "sync" }],
      },
    ],
  },
  {
    title: "Verification",
    scenes: [
      {
        text: "Every line of the log carries the hash of the line before it, so that a changed or missing line shows. And both tables are read once more by a program that knows nothing of Tandem, and compared cell by cell.",
        calls: [{ kind: "verify" }, { kind: "compare" }],
      },
    ],
  },
];

export const chapters: readonly Chapter[] = [...beginning, ...rows, ...ending];
