// A policy laid over two tables, by example: what fits, what flows by itself, what is refused and in
// which words, and what a renamed, removed or retyped field comes to.
import { describe, expect, test } from "vitest";
import {
  kinds,
  makeField,
  makeFieldPolicy,
  makePolicy,
  makeSchema,
  mappingOf,
  setupOf,
  trySetup,
} from "../../test/fixture/pair.ts";
import { anyType } from "./field-lookup.ts";
import { fieldId } from "./ids.ts";
import type { PairPolicy } from "./policy.ts";
import type { Field } from "./schema.ts";
import {
  makeSetup,
  mappingsFrom,
  sourceSide,
  wantedFields,
  writableMappings,
  type KnownField,
  type SetupResult,
} from "./setup.ts";
import { sided, type Sided } from "./side.ts";
import { boolean, choice, text } from "./value.ts";

const nobody: Sided<readonly KnownField[]> = { left: [], right: [] };

/** Name and Status on both sides, with fields changed. */
function laid(input: {
  readonly left?: readonly Field[];
  readonly right?: readonly Field[];
  readonly known?: Sided<readonly KnownField[]>;
  readonly policy?: Partial<PairPolicy>;
}): SetupResult {
  const fields = [makeFieldPolicy("Name"), makeFieldPolicy("Status")];
  const usual = sided((side) => [
    makeField(side, "Name", kinds.line),
    makeField(side, "Status", kinds.choice),
  ]);
  return makeSetup(
    makePolicy({ fields, ...input.policy }),
    {
      left: makeSchema("left", input.left ?? usual.left),
      right: makeSchema("right", input.right ?? usual.right),
    },
    input.known ?? nobody,
  );
}

function knownOf(result: SetupResult): Sided<readonly KnownField[]> {
  if (result.kind !== "setup") throw new Error("the setup has problems");
  return result.known;
}

function messages(result: SetupResult): readonly string[] {
  return result.kind === "problems"
    ? result.problems.map(
        ({ kind, side, message, remedy }) => `${kind} ${side}: ${message} ${remedy}`,
      )
    : [];
}

test("a setup that fits remembers what each name meant, once, and keeps what the config says of it", () => {
  const marker = makeField("right", "Marker", kinds.line);
  const fields = [
    makeFieldPolicy("Name", { owner: "ask", drift: "warn" }),
    makeFieldPolicy("Status"),
  ];
  const usual = sided((side) => [
    makeField(side, "Name", kinds.line),
    makeField(side, "Status", kinds.choice),
  ]);
  const policy: Partial<PairPolicy> = { fields, markers: { left: "Name", right: "Marker" } };
  const result = laid({ left: usual.left, right: [...usual.right, marker], policy });
  const known = (name: string, id: string, type: string): KnownField => ({
    wanted: name,
    id,
    name,
    type,
  });
  expect(result).toMatchObject({
    kind: "setup",
    renamed: [],
    setup: {
      mappings: [
        { key: "name~fldName", name: "Name", policy: fields[0], fields: { right: usual.right[0] } },
        { key: "status~fldStatus", name: "Status", policy: fields[1] },
      ],
      markers: { left: usual.left[0], right: marker },
      lastSynced: { left: null, right: null },
      marks: { left: null, right: null },
    },
  });
  expect(knownOf(result)).toEqual({
    left: [known("Name", "name", "text"), known("Status", "status", "choice")],
    right: [
      known("Name", "fldName", "text"),
      known("Status", "fldStatus", "choice"),
      known("Marker", "fldMarker", "text"),
    ],
  });
});

describe("P21: a table that changes under a working pair", () => {
  const known = knownOf(laid({}));
  const name = makeField("left", "Name", kinds.line);
  const status = makeField("left", "Status", kinds.choice);

  test("unmapped fields may come, go and move", () => {
    const left = [makeField("left", "Extra", kinds.tick), status, name];
    const result = laid({ left, known });
    expect(result).toMatchObject({ kind: "setup", renamed: [], known });
    expect(result.kind === "setup" && result.setup.mappings.map(({ key }) => key)).toEqual([
      "name~fldName",
      "status~fldStatus",
    ]);
  });

  test("a renamed field keeps syncing under its id, and is told of once", () => {
    const renamed = { ...name, name: "Title" };
    const result = laid({
      left: [renamed, status],
      known,
      policy: { markers: { left: "Name", right: null } },
    });
    expect(result).toMatchObject({
      kind: "setup",
      renamed: [{ side: "left", from: "Name", to: "Title" }],
      setup: { mappings: [{ key: "name~fldName", name: "Name" }, {}] },
    });
  });

  test("another field that takes the old name is not mistaken for it", () => {
    const left = [{ ...name, name: "Title" }, { ...name, id: fieldId("other") }, status];
    const result = laid({ left, known });
    expect(result.kind === "setup" && mappingOf(result.setup, "Name").fields.left.id).toBe("name");
    const replaced = laid({ left: [{ ...name, id: fieldId("other") }, status], known });
    expect(messages(replaced)).toEqual([
      'schema left: "Name" (mapped) was removed from Specs. Restore the field there, or take it out of the config.',
    ]);
  });

  test("looked up anew, the name in the config counts, then the id, and any type will do", () => {
    const anew = {
      left: known.left.map((field) => ({ ...field, type: anyType })),
      right: known.right,
    };
    const fieldOf = (left: readonly Field[]): Field | null => {
      const result = laid({ left, known: anew });
      return result.kind === "setup" ? mappingOf(result.setup, "Name").fields.left : null;
    };
    const [old, another] = [
      { ...name, name: "Title" },
      { ...name, id: fieldId("other") },
    ];
    expect(fieldOf([old, status])?.id).toBe("name");
    expect(fieldOf([old, another, status])?.id).toBe("other");
    expect(fieldOf([{ ...name, type: "title" }, status])?.type).toBe("title");
  });

  test("a retyped field stops the pair, in words", () => {
    const result = laid({ left: [{ ...name, type: "number", kind: kinds.number }, status], known });
    expect(messages(result)).toEqual([
      'schema left: "Name" in Specs was a text and is now a number. Change its type back, or run `tandem pair resync` after making sure the mapping still fits.',
    ]);
  });
});

describe("what never fitted", () => {
  test("all problems come at once, each with a remedy", () => {
    const result = laid({
      left: [makeField("left", "Nme", kinds.line), makeField("left", "Status", kinds.day)],
      policy: { markers: { left: null, right: "Marker" } },
    });
    expect(messages(result)).toEqual([
      'config left: Specs has no field named "Name" (mapped). Correct the name in the config; Specs has: Nme, Status.',
      'config null: "Status" (date) cannot be synced with "Status" (choice): date and choice have no common form. Map it to a field of another type, or take the mapping out.',
      'config right: Delivery has no field named "Marker" (link marker). Correct the name in the config; Delivery has: Name, Status.',
    ]);
  });

  test("what a service makes up is not offered as a name, and can be had by it", () => {
    const url = makeField("left", "@url", kinds.line, { isWritable: false });
    const left = [url, makeField("left", "Status", kinds.choice)];
    expect(messages(laid({ left }))).toEqual([
      'config left: Specs has no field named "Name" (mapped). Correct the name in the config; Specs has: Status.',
    ]);
    const mapped = makeFieldPolicy("@url", { fields: { left: "@url", right: "Name" } });
    expect(laid({ left, policy: { fields: [mapped] } })).toMatchObject({ kind: "setup" });
  });

  test("a name that two fields share names neither; their ids do", () => {
    const twins = ["name", "name2"].map((id) => ({
      ...makeField("left", "Name", kinds.line),
      id: fieldId(id),
    }));
    const left = [...twins, makeField("left", "Status", kinds.choice)];
    expect(messages(laid({ left }))).toEqual([
      'config left: Specs has two fields named "Name" (mapped). Name it by its id.',
    ]);
    const byId = makeFieldPolicy("Name", { fields: { left: "name2", right: "Name" } });
    expect(laid({ left, policy: { fields: [byId] } })).toMatchObject({
      kind: "setup",
      setup: { mappings: [{ key: "name2~fldName" }] },
    });
  });

  test("markers must be text that can be written; marks must be something to set", () => {
    const locked = makeField("right", "Locked", kinds.line, { isWritable: false });
    const right = [
      makeField("right", "Name", kinds.line),
      makeField("right", "Status", kinds.choice),
      makeField("right", "Count", kinds.number),
      locked,
    ];
    const markers = { left: null, right: "Count" };
    expect(messages(laid({ right, policy: { markers } }))).toEqual([
      'config right: The link marker "Count" is a number; a marker must be a text field. Use a plain text field for it.',
    ]);
    const readOnly = { left: null, right: "Locked" };
    expect(messages(laid({ right, policy: { markers: readOnly } }))).toEqual([
      'config right: "Locked" is read-only, and Tandem would have to write it. Choose a field that can be edited.',
    ]);
    const archive = {
      left: { kind: "remove" },
      right: { kind: "mark", field: "Count", value: "1" },
    } as const;
    expect(messages(laid({ right, policy: { archive } }))).toEqual([
      'config right: The archive mark "Count" is a number. Use a single select, status, checkbox or text field for it.',
    ]);
    const nowhere = { ...archive, right: { ...archive.right, field: "Gone" } };
    expect(messages(laid({ right, policy: { archive: nowhere } }))).toEqual([
      'config right: Delivery has no field named "Gone" (archive mark). Correct the name in the config; Delivery has: Name, Status, Count, Locked.',
    ]);
    const lockedMark = { ...archive, right: { ...archive.right, field: "Locked" } };
    expect(messages(laid({ right, policy: { archive: lockedMark } }))).toEqual([
      'config right: "Locked" is read-only, and Tandem would have to write it. Choose a field that can be edited.',
    ]);
  });
});

describe("which way values flow", () => {
  const flowOf = (
    left: boolean,
    right: boolean,
    flow: "both" | "toLeft" | "toRight",
  ): string | null => {
    const result = laid({
      left: [makeField("left", "Name", kinds.line, { isWritable: left })],
      right: [makeField("right", "Name", kinds.line, { isWritable: right })],
      policy: { fields: [makeFieldPolicy("Name", { flow })] },
    });
    return result.kind === "setup" ? (result.setup.mappings[0]?.policy.flow ?? null) : null;
  };

  test("F21: a computed field flows out by itself, and cannot be a target", () => {
    expect(flowOf(true, true, "both")).toBe("both");
    expect(flowOf(false, true, "both")).toBe("toRight");
    expect(flowOf(true, false, "both")).toBe("toLeft");
    expect(flowOf(false, true, "toRight")).toBe("toRight");
    expect(flowOf(false, true, "toLeft")).toBeNull();
    expect(flowOf(true, false, "toRight")).toBeNull();
    for (const flow of ["both", "toLeft", "toRight"] as const) {
      expect(flowOf(false, false, flow)).toBeNull();
    }
  });

  test("F21: what has no way to flow is told with both names", () => {
    const result = laid({
      right: [
        makeField("right", "Name", kinds.line, { isWritable: false }),
        makeField("right", "Status", kinds.choice),
      ],
      policy: { fields: [makeFieldPolicy("Name", { flow: "toRight" })] },
    });
    expect(messages(result)).toEqual([
      'config null: "Name" and "Name" cannot be synced in that direction: the receiving field is read-only. Map it the other way with direction, or take the mapping out.',
    ]);
  });

  test("what may be written to a side, and what a copy of a row takes along", () => {
    const setup = setupOf({
      fields: {
        Name: { kind: kinds.line },
        Status: { kind: kinds.choice, flow: "toLeft" },
        Link: { kind: kinds.line, flow: "toRight" },
      },
    });
    const names = (list: readonly { readonly name: string }[]): readonly string[] =>
      list.map(({ name }) => name);
    expect(names(writableMappings(setup, "left"))).toEqual(["Name", "Status"]);
    expect(names(writableMappings(setup, "right"))).toEqual(["Name", "Link"]);
    expect(names(mappingsFrom(setup, "left"))).toEqual(["Name", "Link"]);
    expect(setup.mappings.map(sourceSide)).toEqual([null, "right", "left"]);
  });
});

describe("roles", () => {
  const named = (side: "left" | "right", name: string): Partial<PairPolicy> => ({
    lastSynced: { left: null, right: null, [side]: name },
  });

  test.each(["left", "right"] as const)("the stamp of the last sync is looked up: %s", (side) => {
    const stamp = makeField(side, "Synced", kinds.instant);
    const locked = makeField(side, "Locked", kinds.instant, { isWritable: false });
    const usual = [makeField(side, "Name", kinds.line), makeField(side, "Status", kinds.choice)];
    const table = side === "left" ? "Specs" : "Delivery";
    const at = (name: string): SetupResult =>
      laid({ [side]: [...usual, stamp, locked], policy: named(side, name) });
    expect(at("Synced")).toMatchObject({
      kind: "setup",
      setup: { lastSynced: { left: null, right: null, [side]: stamp } },
    });
    expect(messages(at("Nowhere"))).toEqual([
      `config ${side}: ${table} has no field named "Nowhere" (lastSynced). Correct the name in the config; ${table} has: Name, Status, Synced, Locked.`,
    ]);
    expect(messages(at("Locked"))).toEqual([
      `config ${side}: "Locked" is read-only, and Tandem would have to write it. Choose a field that can be edited.`,
    ]);
  });

  test("R3: a pair of match fields is the mapping of those two, and of no other", () => {
    const fields = { Name: { kind: kinds.line }, Status: { kind: kinds.choice } };
    const match = [{ left: "Name", right: "Status" }];
    expect(setupOf({ fields, policy: { match } }).match).toEqual([]);
  });

  test("the mark of an archived row takes the kind of its field", () => {
    const markOf = (name: string): unknown => {
      const setup = setupOf({
        fields: { Name: { kind: kinds.line } },
        policy: {
          archive: { left: null, right: { kind: "mark", field: name, value: "Archived" } },
        },
        extra: {
          right: [
            makeField("right", "State", kinds.choice),
            makeField("right", "Note", kinds.line),
            makeField("right", "Gone", kinds.tick),
          ],
        },
      });
      return setup.marks.right?.value;
    };
    expect(markOf("State")).toEqual(choice("Archived"));
    expect(markOf("Note")).toEqual(text("Archived"));
    expect(markOf("Gone")).toEqual(boolean(true));
  });

  test("a mark is looked up only where rows are marked", () => {
    const archive = { left: null, right: { kind: "mark", field: "Nowhere", value: "x" } } as const;
    const fields = { Name: { kind: kinds.line } };
    expect(trySetup({ fields, policy: { archive, deletes: "ignore" } }).kind).toBe("setup");
    expect(trySetup({ fields, policy: { archive } }).kind).toBe("problems");
  });

  test("a scan asks for each mapped field once, and for the mark", () => {
    const setup = setupOf({
      fields: { Name: { kind: kinds.line }, Status: { kind: kinds.choice } },
      policy: {
        archive: {
          left: { kind: "mark", field: "Status", value: "Archived" },
          right: { kind: "mark", field: "Gone", value: "x" },
        },
      },
      extra: { right: [makeField("right", "Gone", kinds.tick)] },
    });
    const unmarked = setupOf({ fields: { Name: { kind: kinds.line } } });
    expect(wantedFields(unmarked, "right").map(({ id }) => id)).toEqual(["fldName"]);
    const ids = sided((side) => wantedFields(setup, side).map(({ id }) => id));
    expect(ids).toEqual({
      left: ["name", "status"],
      right: ["fldName", "fldStatus", "fldGone"],
    });
  });

  test("R3: rows are matched by the configured fields, or else by the title", () => {
    const fields = { Name: { kind: kinds.line }, Status: { kind: kinds.choice } };
    expect(setupOf({ fields }).match.map(({ name }) => name)).toEqual(["Name"]);
    const turned = { Status: fields.Status, Name: fields.Name };
    expect(setupOf({ fields: turned }).match.map(({ name }) => name)).toEqual(["Name"]);
    expect(setupOf({ fields: { Status: fields.Status } }).match).toEqual([]);
    const match = [
      { left: "Status", right: "Status" },
      { left: "Name", right: "Name" },
    ];
    expect(setupOf({ fields, policy: { match } }).match.map(({ name }) => name)).toEqual([
      "Status",
      "Name",
    ]);
  });
});
