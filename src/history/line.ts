// The lines of the audit log, as they are read back: a contract with whoever processes the file. Each
// line is one JSON object; its keys come in the order given here. The ids of the two rows stand under
// `<side>Id`, and in conflicts each side's value under the side's own name, so those keys are looked up
// by name: `line["notionId"]`.
import { z } from "zod";

/** A cell as people read it; see `shown.ts`. */
export type Shown =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | { readonly start: string; readonly end: string }
  | { readonly unknown: string };

const shown: z.ZodType<Shown> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()),
  z.object({ start: z.string(), end: z.string() }),
  z.object({ unknown: z.string() }),
]);

/** What every line begins with. */
interface LineHead {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  readonly run: string;
  readonly pair: string;
  /** Grows by one from line to line, across rotated files too. */
  readonly seq: number;
  /** SHA-256, in hex, of the line before without its line end; 64 zeros in the first line. */
  readonly prev: string;
  /** The keys that are named after a side. */
  readonly [key: string]: unknown;
}

interface ShownChange {
  readonly before: Shown;
  readonly after: Shown;
  readonly rule: string;
}

interface ChangeLine extends LineHead {
  readonly type: "change";
  /** The side written, by its name. */
  readonly side: string;
  readonly op: string;
  readonly title: string;
  readonly fields: Readonly<Record<string, ShownChange>>;
}

interface ConflictLine extends LineHead {
  readonly type: "conflict";
  readonly title: string;
  readonly field: string;
  readonly base: Shown;
  /** A side's name, `merged`, or null while nobody has decided. */
  readonly winner: string | null;
  readonly rule: string;
  /** How sure the order of the two edits is: `proven`, `estimated`, `tie`, `policy`, `held`. */
  readonly label: string;
}

interface ProblemLine extends LineHead {
  readonly type: "problem";
  readonly side: string | null;
  readonly field?: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

interface HaltLine extends LineHead {
  readonly type: "halt";
  readonly guard: string;
  readonly message: string;
  readonly remedy: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** The honest report of a run; see `src/core/report.ts`. */
export interface ReportLine {
  readonly agreement: string | null;
  /** By the side written. */
  readonly overwrites: Readonly<Record<string, number>>;
  readonly windowMsTotal: number;
  readonly conflicts: Readonly<Record<string, number>>;
  readonly holds: Readonly<Record<string, number>>;
  readonly rowsUnknown: number;
  readonly guards: readonly string[];
  readonly writes: Readonly<Record<string, number>>;
  readonly readLagMs: number;
  readonly settleMs: number;
  readonly unseen?: string | undefined;
}

interface RunLine extends LineHead {
  readonly type: "run";
  readonly status: string;
  readonly trigger: string;
  readonly startedAt: string;
  readonly durationMs: number;
  /** A number, or one a side by the side's name. */
  readonly counts: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  readonly requests: Readonly<Record<string, { readonly read: number; readonly write: number }>>;
  /** Longest time between the last look at a row and the write into it. */
  readonly windowMsMax: number;
  /** Absent in lines of earlier versions. */
  readonly report?: ReportLine | undefined;
  readonly error?:
    | { readonly code: string; readonly message: string; readonly remedy: string }
    | undefined;
}

export type HistoryLine = ChangeLine | ConflictLine | ProblemLine | HaltLine | RunLine;

export type LineType = HistoryLine["type"];

const head = {
  at: z.iso.datetime(),
  run: z.string(),
  pair: z.string(),
  seq: z.int().min(1),
  prev: z.string().length(64),
};

const report: z.ZodType<ReportLine> = z.looseObject({
  agreement: z.string().nullable(),
  overwrites: z.record(z.string(), z.number()),
  windowMsTotal: z.number(),
  conflicts: z.record(z.string(), z.number()),
  holds: z.record(z.string(), z.number()),
  rowsUnknown: z.number(),
  guards: z.array(z.string()),
  writes: z.record(z.string(), z.number()),
  readLagMs: z.number(),
  settleMs: z.number(),
  unseen: z.string().optional(),
});

// Loose, so that a line of a later version with one more key can still be read and shown.
const line: z.ZodType<HistoryLine> = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("change"),
    ...head,
    side: z.string(),
    op: z.string(),
    title: z.string(),
    fields: z.record(z.string(), z.object({ before: shown, after: shown, rule: z.string() })),
  }),
  z.looseObject({
    type: z.literal("conflict"),
    ...head,
    title: z.string(),
    field: z.string(),
    base: shown,
    winner: z.string().nullable(),
    rule: z.string(),
    label: z.string(),
  }),
  z.looseObject({
    type: z.literal("problem"),
    ...head,
    side: z.string().nullable(),
    field: z.string().optional(),
    code: z.string(),
    message: z.string(),
    remedy: z.string(),
  }),
  z.looseObject({
    type: z.literal("halt"),
    ...head,
    guard: z.string(),
    message: z.string(),
    remedy: z.string(),
    counts: z.record(z.string(), z.number()),
  }),
  z.looseObject({
    type: z.literal("run"),
    ...head,
    status: z.string(),
    trigger: z.string(),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    counts: z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())])),
    requests: z.record(z.string(), z.object({ read: z.number(), write: z.number() })),
    windowMsMax: z.number().default(0),
    report: report.optional(),
    error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).optional(),
  }),
]);

/** The line, or null when the text is none. */
export function parseLine(text: string): HistoryLine | null {
  const check = line.safeParse(parseJson(text));
  return check.success ? check.data : null;
}

const place = z.looseObject({ seq: head.seq, prev: head.prev });

/** Where a line stands in the chain. */
export interface LinePlace {
  readonly seq: number;
  readonly prev: string;
}

/** Only where a line stands in the chain; cheaper, and good enough for any version's lines. */
export function parsePlace(text: string): LinePlace | null {
  const check = place.safeParse(parseJson(text));
  return check.success ? { seq: check.data.seq, prev: check.data.prev } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
