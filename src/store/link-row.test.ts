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
