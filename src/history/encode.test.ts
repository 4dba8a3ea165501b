import { expect, test } from "vitest";

import type { ConflictEntry, EntryBody } from "../core/entry.ts";
import { recordId } from "../core/ids.ts";
import * as values from "../core/value.ts";
import { changeBody, everyValue, makeEntry, runBody, runReport } from "../../test/fixture/store.ts";
import { encodeLine, hashLine, noLine, type SideNames } from "./encode.ts";
import { parseLine, parsePlace } from "./line.ts";
import { showValue } from "./shown.ts";

const names: SideNames = { left: "notion", right: "airtable" };

const encode = (body: EntryBody): string =>
  encodeLine({ seq: 7, entry: makeEntry(body) }, noLine, names);

const head = `"at":"2026-11-18T11:06:40.000Z","run":"run1","pair":"product-specs","seq":7,"prev":"${noLine}"`;

test("a change line has the keys of the contract, in their order", () => {
  expect(encode(changeBody)).toBe(
    `{"type":"change",${head},"side":"airtable","op":"update","notionId":"page-a","airtableId":"rec-a","title":"Spec a","fields":{"Name":{"before":"Alpha","after":"Beta","rule":"F4"}}}`,
  );
});

test("a run line has the keys of the contract, in their order", () => {
  const counts =
    '{"created":{"notion":0,"airtable":2},"updated":{"notion":0,"airtable":0},"archived":{"notion":0,"airtable":0},"deleted":{"notion":0,"airtable":0},"linked":1,"unlinked":0,"conflicts":0,"failed":0,"unchanged":7,"restored":{"notion":0,"airtable":0},"waiting":0}';
  const start = `{"type":"run",${head},"status":"ok","trigger":"cron","startedAt":"2026-11-18T11:06:40.000Z","durationMs":1500,"counts":${counts},"requests":{"notion":{"read":3,"write":0},"airtable":{"read":2,"write":1}},"windowMsMax":250`;
  expect(encode(runBody)).toBe(`${start}}`);
  const error = { code: "timeout", message: "m", remedy: "r" };
  expect(encode({ ...runBody, error })).toBe(`${start},"error":${JSON.stringify(error)}}`);
});

test("a run line carries the run's report, by the sides' names", () => {
  const line = encode({ ...runBody, report: runReport });
  const report = `{"agreement":"2026-11-18T11:06:40Z","overwrites":{"notion":1,"airtable":2},"windowMsTotal":3,"conflicts":{"proven":4,"estimated":5,"tie":6,"policy":7,"held":8},"holds":{"hot":9},"rowsUnknown":10,"guards":["maxRemove"],"writes":{"clean":11,"indeterminate":12,"settledLate":13},"readLagMs":14,"settleMs":15`;
  expect(line).toContain(`,"windowMsMax":250,"report":${report}}}`);
  const unseen = encode({ ...runBody, report: { ...runReport, unseen: "why" } });
  expect(unseen).toContain(`,"windowMsMax":250,"report":${report},"unseen":"why"}}`);
});

const conflict: ConflictEntry = {
  type: "conflict",
  link: changeBody.link,
  ids: changeBody.ids,
  title: "Spec a",
  field: "Status",
  base: null,
  values: {
    left: { value: values.choice("Open"), atMs: 1_795_000_000_000 },
    right: { value: values.empty, atMs: null },
  },
  winner: "left",
  rule: "F12",
  label: "tie",
};

const everyLine = {
  change: changeBody,
  conflict,
  problem: {
    type: "problem",
    side: "left",
    ids: { left: recordId("page-a"), right: null },
    field: "Name",
    code: "row_lost",
    message: "m",
    remedy: "r",
  },
  halt: { type: "halt", guard: "maxRemove", message: "m", remedy: "r", counts: { remove: 9 } },
  run: {
    ...runBody,
    report: { ...runReport, unseen: "why" },
    error: { code: "timeout", message: "m", remedy: "r" },
  },
} as const satisfies Readonly<Record<EntryBody["type"], EntryBody>>;

test.each([
  ["left", "notion"],
  ["right", "airtable"],
  ["merged", "merged"],
  [null, null],
] as const)("a conflict that %s won says so: %s", (winner, shown) => {
  expect(JSON.parse(encode({ ...conflict, winner }))).toHaveProperty("winner", shown);
});

test("a conflict line keeps the value both sides came from", () => {
  const line = encode({ ...conflict, base: values.choice("Old") });
  expect(line).toContain('"field":"Status","base":"Old","notion"');
});

test("a conflict line names the sides, keeps both values and tells the winner by name", () => {
  const line = encode(conflict);
  expect(line).toBe(
    `{"type":"conflict",${head},"notionId":"page-a","airtableId":"rec-a","title":"Spec a","field":"Status","base":null,"notion":{"value":"Open","at":"2026-11-18T11:06:40.000Z"},"airtable":{"value":null,"at":null},"winner":"notion","rule":"F12","label":"tie"}`,
  );
});

test("a problem line leaves out what does not apply", () => {
  const problem = {
    type: "problem",
    side: null,
    ids: { left: recordId("page-a"), right: null },
    field: null,
    code: "row_lost",
    message: "m",
    remedy: "r",
  } as const;
  expect(encode(problem)).toBe(
    `{"type":"problem",${head},"side":null,"notionId":"page-a","code":"row_lost","message":"m","remedy":"r"}`,
  );
  expect(encode({ ...problem, field: "Name" })).toContain('"notionId":"page-a","field":"Name"');
  const ids = { left: null, right: recordId("rec-a") };
  expect(encode({ ...problem, side: "right", ids })).toContain(
    `${head},"side":"airtable","airtableId":"rec-a","code"`,
  );
});

test("a halt line", () => {
  expect(
    encode({ type: "halt", guard: "maxRemove", message: "m", remedy: "r", counts: { remove: 9 } }),
  ).toBe(
    `{"type":"halt",${head},"guard":"maxRemove","message":"m","remedy":"r","counts":{"remove":9}}`,
  );
});

test("values are shown as people read them", () => {
  expect(
    Object.fromEntries(Object.entries(everyValue).map(([kind, value]) => [kind, showValue(value)])),
  ).toEqual({
    empty: null,
    text: "Zürich — “quoted”\nsecond line",
    rich: "**bold** text",
    number: -17.25,
    boolean: true,
    day: { start: "2026-11-21", end: "2026-11-23" },
    instant: "2026-11-18T11:06:40.000Z",
    choice: "In review",
    choices: ["a", "b, c"],
    people: ["ana@example.com", "Bo", "u3"],
    links: ["rec1", "rec2"],
    files: ["a.pdf"],
    unknown: { unknown: "incomplete" },
  });
  expect(showValue(values.day("2026-11-21"))).toBe("2026-11-21");
  expect(showValue(values.instant(0, 1))).toEqual({
    start: "1970-01-01T00:00:00.000Z",
    end: "1970-01-01T00:00:00.001Z",
  });
  expect(showValue(values.instant(9e15))).toBe("9000000000000000 ms");
});

test("no token and no signature gets into a line, whatever cell it stood in", () => {
  const secret = "ntn_aB3aB3aB3aB3aB3aB3aB3aB3";
  const signed = "https://files.example.com/a.pdf?X-Amz-Signature=abcdef";
  const cells = [
    values.text(`${secret} ${signed}`),
    { kind: "rich", markdown: `[a](${signed})` } as const,
    values.choice(secret),
    values.choices([secret]),
    { kind: "files", files: [{ name: signed, identity: signed }] } as const,
  ];
  const fields = Object.fromEntries(
    cells.map((cell, index) => [`f${index}`, { before: cell, after: cell, rule: "F4" }]),
  );
  const lines = [
    encode({ ...changeBody, title: secret, fields }),
    encode({ ...everyLine.halt, message: secret, remedy: signed }),
    encode({ ...everyLine.halt, message: signed, remedy: secret }),
    encode({ ...everyLine.problem, message: secret, remedy: signed }),
    encode({ ...everyLine.problem, message: signed, remedy: secret }),
    encode({ ...runBody, error: { code: "x", message: signed, remedy: secret } }),
    encode({ ...runBody, error: { code: "x", message: secret, remedy: signed } }),
    ...cells.map((value) =>
      encode({
        ...conflict,
        title: secret,
        base: value,
        values: { left: { value, atMs: null }, right: { value, atMs: null } },
      }),
    ),
  ];
  for (const line of lines) {
    expect(line).not.toContain(secret);
    expect(line).not.toContain("abcdef");
    expect(line).toMatch(/\[token\]|\[signed\]/u);
  }
  expect(lines[0]).toContain("https://files.example.com/a.pdf");
});

test("every line can be read back, and other text is no line", () => {
  const line = encode(changeBody);
  expect(parseLine(line)).toMatchObject({ type: "change", seq: 7, notionId: "page-a" });
  expect(parseLine(encode(runBody))).toMatchObject({
    type: "run",
    requests: { notion: { read: 3 } },
  });
  expect(parsePlace(line)).toEqual({ seq: 7, prev: noLine });
  for (const text of ["", "{}", "null", line.slice(0, -1), line.replace('"seq":7', '"seq":"7"')])
    expect(parseLine(text)).toBeNull();
});

/** What a line may lack: keys that earlier versions did not write, and those that do not apply. */
const optional = new Set(["field", "report", "error", "windowMsMax", "unseen"]);
/** Named after a side, so a reader looks them up by name. */
const sided = new Set(["notionId", "airtableId", "notion", "airtable"]);

test.each(Object.entries(everyLine))(
  "a %s line is read back whole, and not without a key",
  (type, body) => {
    const written: Record<string, unknown> = JSON.parse(encode(body));
    expect(parseLine(encode(body))).toEqual(written);
    for (const key of Object.keys(written)) {
      const without = Object.fromEntries(Object.entries(written).filter(([name]) => name !== key));
      if (sided.has(key) || (optional.has(key) && type !== "conflict")) {
        const expected = key === "windowMsMax" ? { ...without, windowMsMax: 0 } : without;
        expect(parseLine(JSON.stringify(without)), key).toEqual(expected);
      } else expect(parseLine(JSON.stringify(without)), key).toBeNull();
      const broken = { ...written, [key]: { of: ["another", "kind"] } };
      if (!sided.has(key)) expect(parseLine(JSON.stringify(broken)), key).toBeNull();
    }
    const later = { ...written, mood: "good" };
    expect(parseLine(JSON.stringify(later))).toEqual(later);
  },
);

test("what a report lacks makes the run's line none, and a key more does not", () => {
  const written = JSON.parse(encode(everyLine.run));
  const withReport = (report: object): unknown => parseLine(JSON.stringify({ ...written, report }));
  for (const key of Object.keys(written.report)) {
    const { [key]: _gone, ...report } = written.report;
    if (optional.has(key)) expect(withReport(report), key).toEqual({ ...written, report });
    else expect(withReport(report), key).toBeNull();
  }
  const later = { ...written.report, mood: "good" };
  expect(withReport(later)).toEqual({ ...written, report: later });
});

test.each<[string, (line: Record<string, unknown>) => object]>([
  ["no number from one on", (line) => ({ ...line, seq: 0 })],
  ["a number with a fraction", (line) => ({ ...line, seq: 1.5 })],
  ["a hash that is too short", (line) => ({ ...line, prev: noLine.slice(1) })],
  ["a hash that is too long", (line) => ({ ...line, prev: `${noLine}0` })],
])("a line with %s has no place in the chain", (_, change) => {
  const line = JSON.stringify(change(JSON.parse(encode(changeBody))));
  expect([parsePlace(line), parseLine(line)]).toEqual([null, null]);
});

test("the hash is SHA-256 of the line's bytes without its end", () => {
  expect(hashLine("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
});
