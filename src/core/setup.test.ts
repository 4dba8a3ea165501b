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
    ? result.problems.map(({ kind, side, message }) => `${kind} ${side}: ${message}`)
    : [];
}

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
    expect(messages(replaced)).toEqual(['schema left: "Name" (mapped) was removed from Specs.']);
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
      'schema left: "Name" in Specs was a text and is now a number.',
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
      'config left: Specs has no field named "Name" (mapped).',
      'config null: "Status" (date) cannot be synced with "Status" (choice): date and choice have no common form.',
      'config right: Delivery has no field named "Marker" (link marker).',
    ]);
    if (result.kind === "problems") {
      expect(result.problems.map(({ remedy }) => remedy)[0]).toContain("Nme, Status");
      expect(result.problems.every(({ remedy }) => remedy !== "")).toBe(true);
    }
  });

  test("a name that two fields share names neither; their ids do", () => {
    const twins = ["name", "name2"].map((id) => ({
      ...makeField("left", "Name", kinds.line),
      id: fieldId(id),
    }));
    const left = [...twins, makeField("left", "Status", kinds.choice)];
    expect(messages(laid({ left }))).toEqual([
      'config left: Specs has two fields named "Name" (mapped).',
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
      'config right: The link marker "Count" is a number; a marker must be a text field.',
    ]);
    const readOnly = { left: null, right: "Locked" };
    expect(messages(laid({ right, policy: { markers: readOnly } }))).toEqual([
      'config right: "Locked" is read-only, and Tandem would have to write it.',
    ]);
    const archive = {
      left: { kind: "remove" },
      right: { kind: "mark", field: "Count", value: "1" },
    } as const;
    expect(messages(laid({ right, policy: { archive } }))).toEqual([
      'config right: The archive mark "Count" is a number.',
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
    const ids = sided((side) => wantedFields(setup, side).map(({ id }) => id));
    expect(ids).toEqual({
      left: ["name", "status"],
      right: ["fldName", "fldStatus", "fldGone"],
    });
  });

  test("R3: rows are matched by the configured fields, or else by the title", () => {
    const fields = { Name: { kind: kinds.line }, Status: { kind: kinds.choice } };
    expect(setupOf({ fields }).match.map(({ name }) => name)).toEqual(["Name"]);
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
