import { expect, test } from "vitest";

import type { EntryBody } from "../core/entry.ts";
import { recordId } from "../core/ids.ts";
import * as values from "../core/value.ts";
import { changeBody, everyValue, makeEntry, runBody } from "../../test/fixture/store.ts";
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

test("a conflict line names the sides, keeps both values and tells the winner by name", () => {
  const line = encode({
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
  });
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
    encode({ type: "halt", guard: "maxRemove", message: secret, remedy: signed, counts: {} }),
    encode({ ...runBody, error: { code: "x", message: signed, remedy: secret } }),
  ].join("\n");
  expect(lines).not.toContain(secret);
  expect(lines).not.toContain("abcdef");
  expect(lines).toContain("https://files.example.com/a.pdf");
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

test("the hash is SHA-256 of the line's bytes without its end", () => {
  expect(hashLine("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
});
