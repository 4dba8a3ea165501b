import { expect, test } from "vitest";

import { everyValue, makeCell, makeLink, title } from "../../test/fixture/store.ts";
import { InvariantError } from "../core/assert.ts";
import * as values from "../core/value.ts";
import { decodeLink, encodeLink, titleKey } from "./link-row.ts";

const linkWith = (change: Parameters<typeof makeCell>[0]) =>
  makeLink("a", { cells: new Map([[title, makeCell(change)]]) });

test("a cell that differs between the sides keeps both values", () => {
  const link = linkWith({ left: values.number(17.04), right: values.number(17), rev: 4 });
  expect(decodeLink(encodeLink(link))).toEqual(link);
});

test("a cell that is the same on both sides is stored once", () => {
  const link = linkWith({ left: everyValue.people, right: everyValue.people });
  const row = encodeLink(link);
  expect(row.doc.split("ana@example.com")).toHaveLength(2);
  expect(decodeLink(row)).toEqual(link);
});

test.each<[string, () => unknown]>([
  ["a number that JSON cannot hold", () => linkWith({ left: values.number(1), atMs: Infinity })],
  ["a value of no kind", () => linkWith({ left: JSON.parse('{"kind":"colour"}') })],
  [
    "a pending edit without its time",
    () =>
      makeLink("a", {
        pending: {
          left: new Map([[title, { key: "t:x", loMs: -Infinity, hiMs: 1 }]]),
          right: new Map(),
        },
      }),
  ],
])("%s is not stored", (_, make) => {
  expect(() => encodeLink(make() as ReturnType<typeof makeLink>)).toThrow(InvariantError);
});

test.each<[string, (doc: string) => string]>([
  ["no JSON", (doc) => doc.slice(1)],
  ["no cells", (doc) => doc.replace('"cells"', '"shells"')],
  ["broken pending edits", (doc) => doc.replace('"pending":{', '"pending":[],"was":{')],
  ["a broken value", (doc) => doc.replace('"kind":"text"', '"kind":"next"')],
  ["a broken rev", (doc) => doc.replace('"rev":1', '"rev":"1"')],
  ["a broken side", (doc) => doc.replace('"lossySide":null', '"lossySide":"middle"')],
  ["a broken rule", (doc) => doc.replace('"rule":"F14"', '"rule":14')],
  ["a broken previous", (doc) => doc.replace('"previous":null', '"previous":{"left":null}')],
  ["a broken archival", (doc) => doc.replace('"archival":null', '"archival":{"side":"left"}')],
  ["a broken instant", (doc) => doc.replace('"atMs":1795000000000', '"atMs":1.5')],
  ["a broken run", (doc) => doc.replace('"run":"run1"', '"run":1')],
  [
    "a value that is unheard of",
    (doc) => doc.replace('"left":{"kind":"text"', '"left":{"was":"text"'),
  ],
  ["cells that are no group", (doc) => doc.replace('"cells":{', '"cells":[],"was":{')],
  [
    "a cell that is no group",
    (doc) => doc.replace(/("title:fldTitle"|"[^"]*fldTitle"):\{/u, '$1:7,"was":{'),
  ],
  ["a document that is none", () => "[]"],
  [
    "a replaced value of no side",
    (doc) => doc.replace('"rev":1', '"rev":1,"replaced":{"side":"up","value":{"kind":"empty"}}'),
  ],
  [
    "a replaced value that is none",
    (doc) => doc.replace('"rev":1', '"rev":1,"replaced":{"side":"left","value":null}'),
  ],
  ["a replaced that is no group", (doc) => doc.replace('"rev":1', '"rev":1,"replaced":7')],
  ["broken pending edits, right", (doc) => doc.replace('"right":{}}', '"right":[]}')],
  ["a pending edit that is none", (doc) => doc.replace('"right":{}}', '"right":{"a:b":7}}')],
  [
    "a pending edit without its key",
    (doc) => doc.replace('"right":{}}', '"right":{"a:b":{"loMs":1,"hiMs":2}}}'),
  ],
  [
    "a pending edit without its end",
    (doc) => doc.replace('"right":{}}', '"right":{"a:b":{"key":"k","loMs":1}}}'),
  ],
  ["broken stamps, right", (doc) => doc.replace('"right":1795000000001', '"right":"x"')],
  ["stamps that are no group", (doc) => doc.replace('"ownStamps":{', '"ownStamps":[],"was":{')],
  ["broken stamps", (doc) => doc.replace('"ownStamps":{"left":null', '"ownStamps":{"left":"x"')],
])("%s in the store is damage, told with the link's id", (_, damage) => {
  const row = encodeLink(makeLink("a"));
  const doc = damage(row.doc);
  expect(doc).not.toBe(row.doc);
  expect(() => decodeLink({ ...row, doc })).toThrow(
    expect.objectContaining({ code: "store_corrupt", message: expect.stringContaining("link a") }),
  );
});

test("what was told of a link out of scope is kept, and absent where nothing was", () => {
  const link = makeLink("a", { scopeTold: "left filtered" });
  expect(decodeLink(encodeLink(link))).toEqual(link);
  expect(decodeLink(encodeLink(makeLink("a")))).not.toHaveProperty("scopeTold");
});

test("a link of an earlier store is read without what came later", () => {
  const link = makeLink("a");
  const row = encodeLink(link);
  const { cells } = JSON.parse(row.doc);
  const read = decodeLink({ ...row, doc: JSON.stringify({ cells }) });
  expect(read).toMatchObject({ cells: link.cells, archival: null, pending: link.pending });
  expect(read.ownStamps).toEqual({ left: null, right: null });
  expect(read.wokenAtMs).toBe(0);
  const cell = JSON.parse(row.doc).cells;
  for (const key of ["lossySide", "previous"])
    for (const one of Object.values<object>(cell)) Reflect.deleteProperty(one, key);
  expect(decodeLink({ ...row, doc: JSON.stringify({ cells: cell }) }).cells).toEqual(link.cells);
});

test("a link as a row: each thing in its column, the rest in the document", () => {
  const link = makeLink("a", {
    hashes: { left: "hl", right: "hr" },
    stamps: { left: 1, right: 2 },
    title: "Über uns",
    bornAtMs: 3,
    wokenAtMs: 4,
    isFlagged: true,
  });
  const { doc, ...columns } = encodeLink(link);
  expect(columns).toEqual({
    id: "a",
    pair: "product-specs",
    left_id: "page-a",
    right_id: "rec-a",
    state: "live",
    left_hash: "hl",
    right_hash: "hr",
    left_stamp: 1,
    right_stamp: 2,
    is_flagged: 1,
    title: "Über uns",
    title_key: "über uns",
    born_at: 3,
  });
  expect(Object.keys(JSON.parse(doc))).toEqual([
    "archival",
    "cells",
    "pending",
    "ownStamps",
    "wokenAtMs",
  ]);
  expect(decodeLink({ ...columns, doc })).toEqual(link);
});

test("an unheard-of state in the store is damage", () => {
  const row = encodeLink(makeLink("a"));
  expect(() => decodeLink({ ...row, state: "asleep" })).toThrow(
    expect.objectContaining({ code: "store_corrupt" }),
  );
});

test("titles are looked up without case and in one normal form", () => {
  expect(titleKey("ÜBER")).toBe(titleKey("u\u0308ber"));
});
