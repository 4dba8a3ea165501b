// What a page write says for each cell, in each type of column, and what a person is told of losses.
import { describe, expect, test } from "vitest";
import type { WriteCell } from "../../destination.ts";
import { encodeCell, type EncodedCell } from "./cell.ts";
import type { Column, WireType } from "./column.ts";

const ana = "u-ana";
const userIdOf = (email: string): string | null => (email.startsWith("ana") ? ana : null);

function column(type: WireType, options: readonly string[] = []): Column {
  const known = new Map(options.map((name) => [name.toLowerCase(), name]));
  return { name: "Col", wireId: "w", type, options: known };
}
const text = (content: string): WriteCell => ({
  kind: "text",
  runs: [{ text: content, url: null }],
});
const people = (...emails: readonly string[]): WriteCell => ({ kind: "people", emails });
const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${at}`);
const said = (content: unknown, ...notes: readonly string[]): EncodedCell => ({ content, notes });
const left = (...notes: readonly string[]): EncodedCell => ({ notes });

const types: readonly WireType[] = [
  ...(["title", "rich_text", "url", "email", "phone_number", "checkbox", "files"] as const),
  ...(["number", "date", "select", "multi_select", "status", "people", "place"] as const),
  "relation",
];

describe("a cell that fits", () => {
  const element = (content: string, url?: string): unknown => ({
    type: "text",
    text: { content, ...(url === undefined ? {} : { link: { url } }) },
  });
  const linked: WriteCell = {
    kind: "text",
    runs: [
      { text: "see ", url: null },
      { text: "there", url: "https://x.test" },
    ],
  };
  const place = { lat: 1.5, lon: -2, name: "Here", address: null, googlePlaceId: "g1" };
  const files = [
    { name: "a", url: "https://x.test/a" },
    { name: "", url: "https://x.test/b" },
    { name: "c", url: "ftp://x.test/c" },
  ];
  const cases: readonly (readonly [Column, WriteCell, EncodedCell])[] = [
    [column("title"), text("a"), said([element("a")])],
    [column("rich_text"), linked, said([element("see "), element("there", "https://x.test")])],
    [column("url"), linked, said("see there")],
    [column("email"), text(""), said(null)],
    [column("phone_number"), text("1".repeat(200)), said("1".repeat(200))],
    [
      column("email"),
      text("1".repeat(201)),
      said("1".repeat(200), "Col: cut after 200 characters."),
    ],
    [column("url"), text("1".repeat(2_000)), said("1".repeat(2_000))],
    [
      column("url"),
      text("1".repeat(2_001)),
      said("1".repeat(2_000), "Col: cut after 2000 characters."),
    ],
    [column("number"), { kind: "number", number: 0 }, said(0)],
    [column("number"), { kind: "number", number: -1.5 }, said(-1.5)],
    [
      column("number"),
      { kind: "number", number: Number.POSITIVE_INFINITY },
      left("Col: no finite number; left as it was."),
    ],
    [column("checkbox"), { kind: "boolean", isTrue: false }, said(false)],
    [column("checkbox"), { kind: "boolean", isTrue: true }, said(true)],
    [column("select"), { kind: "choice", name: "New" }, said({ name: "New" })],
    [column("select", ["Old"]), { kind: "choice", name: "old" }, said({ name: "Old" })],
    [column("status", ["Done"]), { kind: "choice", name: "DONE" }, said({ name: "Done" })],
    [
      column("status", ["Done"]),
      { kind: "choice", name: "New" },
      left('Col: there is no status "New"; left as it was.'),
    ],
    [
      column("select"),
      { kind: "choice", name: " " },
      left("Col: an option without a name; left as it was."),
    ],
    [
      column("select"),
      { kind: "choice", name: "a,b" },
      said(
        { name: "a，b" },
        "Col: an option's name was fitted: no commas, at most 100 characters.",
      ),
    ],
    [
      column("multi_select"),
      { kind: "choices", names: ["b", " ", "a", "B"] },
      // One name in two cases is one option; the later one names it.
      said([{ name: "B" }, { name: "a" }]),
    ],
    [column("multi_select"), { kind: "choices", names: [] }, said([])],
    [
      column("multi_select"),
      { kind: "choices", names: many(101) },
      said(
        many(100).map((name) => ({ name })),
        "Col: only the first 100 of its entries.",
      ),
    ],
    [
      column("date"),
      { kind: "date", start: { kind: "day", day: "2026-07-01" }, end: null },
      said({ start: "2026-07-01", end: null }),
    ],
    [column("people"), people("ana@a.example", "ANA@a.example"), said([{ id: ana }])],
    [
      column("people"),
      people("bo@b.example", "ana@a.example"),
      said([{ id: ana }], "Col: nobody in the workspace has the address bo@b.example."),
    ],
    [
      column("people"),
      people("bo@b.example"),
      left("Col: nobody in the workspace has the address bo@b.example."),
    ],
    [
      column("files"),
      { kind: "files", files },
      said(
        [
          { type: "external", name: "a", external: { url: "https://x.test/a" } },
          {
            type: "external",
            name: "https://x.test/b",
            external: { url: "https://x.test/b" },
          },
        ],
        "Col: a file without a usable address was left out.",
      ),
    ],
    [
      column("files"),
      { kind: "files", files: [{ name: "x".repeat(101), url: "https://x.test" }] },
      said([{ type: "external", name: "x".repeat(100), external: { url: "https://x.test" } }]),
    ],
    [
      column("place"),
      { kind: "place", place },
      said({ lat: 1.5, lon: -2, name: "Here", google_place_id: "g1" }),
    ],
    [column("relation"), { kind: "rows", ids: [] }, said([])],
  ];
  const titled = cases.map(
    ([to, cell, encoded]) =>
      [to.type, JSON.stringify(cell).slice(0, 70), { to, cell, encoded }] as const,
  );
  test.each(titled)("goes into a %s as %s", (_type, _cell, { to, cell, encoded }) => {
    expect(encodeCell(to, cell, userIdOf)).toEqual(encoded);
  });

  test("of links to rows keeps their order, up to a hundred", () => {
    const ids = many(101) as never;
    expect(encodeCell(column("relation"), { kind: "rows", ids }, userIdOf)).toEqual(
      said(
        many(100).map((id) => ({ id })),
        "Col: only the first 100 of its entries.",
      ),
    );
  });
});

describe("a cell that does not fit", () => {
  const cells: readonly (readonly [WriteCell, readonly WireType[]])[] = [
    [text("a"), ["title", "rich_text", "url", "email", "phone_number"]],
    [{ kind: "number", number: 1 }, ["number"]],
    [{ kind: "boolean", isTrue: true }, ["checkbox"]],
    [{ kind: "choice", name: "a" }, ["select", "status"]],
    [{ kind: "choices", names: ["a"] }, ["multi_select"]],
    [{ kind: "date", start: { kind: "day", day: "2026-07-01" }, end: null }, ["date"]],
    [people("ana@a.example"), ["people"]],
    [{ kind: "files", files: [] }, ["files"]],
    [
      {
        kind: "place",
        place: { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null },
      },
      ["place"],
    ],
    [{ kind: "rows", ids: [] }, ["relation"]],
  ];
  test.each(cells)("%j is left out with a note, and fits only where it says", (cell, fitting) => {
    for (const type of types) {
      const encoded = encodeCell(column(type, ["a"]), cell, userIdOf);
      if (fitting.includes(type)) expect(encoded).toHaveProperty("content");
      else {
        expect(encoded).toEqual(
          left(`Col: a ${cell.kind} does not fit a property of type ${type}; left as it was.`),
        );
      }
    }
  });
});

test("a blank empties each type of column in its own way; a status has no empty state", () => {
  const blanks = types.map((type) => [type, encodeCell(column(type), { kind: "blank" }, userIdOf)]);
  expect(Object.fromEntries(blanks)).toEqual({
    title: said([]),
    rich_text: said([]),
    url: said(null),
    email: said(null),
    phone_number: said(null),
    checkbox: said(false),
    files: said([]),
    number: said(null),
    date: said(null),
    select: said(null),
    multi_select: said([]),
    status: said(null, "Col: a cleared status shows its default option."),
    people: said([]),
    place: said(null),
    relation: said([]),
  });
});
