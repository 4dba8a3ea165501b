// Rows of a destination against answers that a test gives: what is sent in how many calls, and what is said
// of each row, whole.
import { describe, expect, test } from "vitest";
import {
  answeringCaller,
  answeringInTurn,
  type Answer,
  type AnsweringCaller,
} from "../../../../test/fixture/airtable-answers.ts";
import { field, record, stateOf } from "../../../../test/fixture/airtable-table.ts";
import { must } from "../../../core/assert.ts";
import { recordId } from "../../../core/ids.ts";
import type { RowCreate, RowUpdate, WriteCell } from "../../destination.ts";
import type { WireField } from "../wire.ts";
import { createRows, removeRows, updateRows } from "./row.ts";
import { adopt } from "./table.ts";

const none = { icon: null, coverUrl: null, body: null };
const text = (content: string): WriteCell => ({
  kind: "text",
  runs: [{ text: content, url: null }],
});
const tags = (...names: readonly string[]): WriteCell => ({ kind: "choices", names });
const files: WriteCell = { kind: "files", files: [{ name: "", url: "https://x.test/f" }] };
const who: WriteCell = { kind: "people", emails: ["a@x.test"] };

type Cells = Readonly<Record<string, WriteCell>>;
const born = (key: string, cells: Cells = {}): RowCreate => ({
  key,
  ...none,
  cells: new Map(Object.entries(cells)),
});
const change = (id: string, cells: Cells, isRevival = false): RowUpdate => ({
  id: recordId(id),
  isRevival,
  ...none,
  cells: new Map(Object.entries(cells)),
});
const answer = (...ids: readonly string[]): Answer => ({
  body: { records: ids.map((id) => record(id)), createdRecords: ids },
});
const done = (id: string, ...notes: readonly string[]) => ({ kind: "done", id, notes });
const failed = (why: string, message: string, property: string | null = null) => ({
  kind: "failed",
  why,
  message,
  property,
});

/** Method and body of the writes; look-ups as `GET`. */
const sent = (service: AnsweringCaller): readonly unknown[] =>
  service.calls.map(({ method, body, query }) =>
    method === "GET" ? "GET" : [method, body ?? query],
  );
const returnFieldsByFieldId = true;
const upsert = { performUpsert: { fieldsToMergeOn: ["fldID"] }, returnFieldsByFieldId };

describe("creating", () => {
  test("rows go by upsert on their key, which is written though the change does not name it", async () => {
    const service = answeringInTurn([
      { body: { records: [record("r1"), record("r2")], createdRecords: ["r2"] } },
    ]);
    const rows = [born("a", { Name: text("n") }), born("b", { ID: text("b"), Else: text("x") })];
    expect(await createRows(stateOf(service), rows)).toEqual([
      done("r1", "A row with this key was there already and was taken over."),
      done("r2"),
    ]);
    const records = [{ fields: { fldName: "n", fldID: "a" } }, { fields: { fldID: "b" } }];
    expect(sent(service)).toEqual([["PATCH", { records, ...upsert }]]);
    expect(service.calls[0]).toMatchObject({ kind: "write", stem: "app1", path: "/tbl1" });
  });

  test("rows whose key cannot be merged on are simply made", async () => {
    const service = answeringInTurn([answer("r1")]);
    const state = stateOf(service, { keyType: "email", mark: { field: "Gone", value: "x" } });
    expect(await createRows(state, [born("a", { ID: text("a@x") })])).toEqual([done("r1")]);
    const records = [{ fields: { fldID: "a@x" } }];
    expect(sent(service)).toEqual([["POST", { records, returnFieldsByFieldId }]]);
  });

  test("a row that was marked as removed loses its mark by being made again", async () => {
    const mark = { field: "Gone", value: "x" };
    const service = answeringInTurn([{ body: { records: [record("r1")], createdRecords: [] } }]);
    const state = stateOf(service, { mark });
    expect(await createRows(state, [born("a")])).toEqual([
      done("r1", "A row with this key was there already and was taken over."),
    ]);
    const records = [{ fields: { fldID: "a", fldGone: null } }];
    expect(sent(service)).toEqual([["PATCH", { records, ...upsert }]]);
  });

  test("new options are made by the write that names them, and once", async () => {
    const service = answeringInTurn([answer("r1"), answer("r2"), answer("r3")]);
    const state = stateOf(service);
    await createRows(state, [born("a", { Tags: tags("red", "New") })]);
    await createRows(state, [born("b", { Tags: tags("NEW") })]);
    await createRows(state, [born("c", { Kind: { kind: "choice", name: "New" } })]);
    const row = (cells: object) => ({ records: [{ fields: cells }] });
    expect(sent(service)).toEqual([
      ["PATCH", { ...row({ fldID: "a", fldTags: ["Red", "New"] }), ...upsert, typecast: true }],
      ["PATCH", { ...row({ fldID: "b", fldTags: ["New"] }), ...upsert }],
      ["PATCH", { ...row({ fldID: "c", fldKind: "New" }), ...upsert, typecast: true }],
    ]);
  });

  test("files beside new options follow in a call of their own, to the row that was made", async () => {
    const service = answeringInTurn([answer("r1", "r2"), answer("r2")]);
    const rows = [born("a", { Tags: tags("New") }), born("b", { Name: text("n"), Files: files })];
    expect(await createRows(stateOf(service), rows)).toEqual([done("r1"), done("r2")]);
    expect(sent(service)).toEqual([
      [
        "PATCH",
        {
          records: [
            { fields: { fldTags: ["New"], fldID: "a" } },
            { fields: { fldName: "n", fldID: "b" } },
          ],
          ...upsert,
          typecast: true,
        },
      ],
      [
        "PATCH",
        {
          records: [{ id: "r2", fields: { fldFiles: [{ url: "https://x.test/f" }] } }],
          returnFieldsByFieldId,
        },
      ],
    ]);
  });

  test("files without new options go with the rest of their row", async () => {
    const service = answeringInTurn([answer("r1")]);
    expect(await createRows(stateOf(service), [born("a", { Files: files })])).toEqual([done("r1")]);
    const records = [{ fields: { fldFiles: [{ url: "https://x.test/f" }], fldID: "a" } }];
    expect(sent(service)).toEqual([["PATCH", { records, ...upsert }]]);
  });

  test("files of a row of which nobody can say whether it was made are not sent", async () => {
    const service = answeringInTurn([{ kind: "doubt", message: "cut" }]);
    const row = born("a", { Tags: tags("New"), Files: files });
    expect(await createRows(stateOf(service), [row])).toEqual([
      { kind: "unknown", message: "cut", hint: null },
    ]);
    expect(service.calls).toHaveLength(1);
  });

  test("a row whose own content is the sign of removal is made as it says", async () => {
    const mark = { field: "Kind", value: "Gone" };
    const records = [record("r1", { fldKind: "Gone" })];
    const service = answeringInTurn([{ body: { records, createdRecords: ["r1"] } }]);
    const row = born("a", { Kind: { kind: "choice", name: "Gone" } });
    expect(await createRows(stateOf(service, { mark }), [row])).toEqual([done("r1")]);
    expect(sent(service)).toMatchObject([
      ["PATCH", { records: [{ fields: { fldKind: "Gone", fldID: "a" } }] }],
    ]);
  });

  test.each<readonly [string, Answer, object]>([
    [
      "is refused: the row is there without them",
      { refusal: { type: "INVALID_ATTACHMENT_OBJECT", message: "bad file" } },
      done("r1", "Files was left out: bad file"),
    ],
    [
      "is lost: nobody can say, and the row's id is known",
      { kind: "doubt", message: "cut" },
      { kind: "unknown", message: "cut", hint: "r1" },
    ],
    [
      "is put off: its content counts as unknown",
      { kind: "not-applied", message: "busy" },
      { kind: "unknown", message: "busy", hint: "r1" },
    ],
  ])("whose second call %s", async (_what, second, outcome) => {
    const service = answeringInTurn([answer("r1"), second]);
    const row = born("a", { Tags: tags("New"), Files: files });
    expect(await createRows(stateOf(service), [row])).toEqual([outcome]);
  });

  test("what Airtable has no place for is told once, with the first row that has it", async () => {
    const service = answeringInTurn([answer("r1", "r2", "r3", "r4")]);
    const state = stateOf(service);
    const placeless =
      "Bodies, icons and covers have no place in Airtable and are left out, here and elsewhere.";
    const outcomes = await createRows(state, [
      { ...born("a"), body: "" },
      { ...born("b"), coverUrl: "https://x.test/c" },
      { ...born("c"), body: "words" },
      { ...born("d"), icon: { kind: "emoji", emoji: "x" } },
    ]);
    expect(outcomes).toEqual([done("r1"), done("r2", placeless), done("r3"), done("r4")]);
  });
});

describe("an answer", () => {
  const rows = [born("a"), born("b")];
  test.each<readonly [string, Answer, readonly object[]]>([
    [
      "about fewer rows: nobody can say",
      answer("r1"),
      rows.map(() => ({
        kind: "unknown",
        message: "Airtable's answer does not fit the rows that were sent",
        hint: null,
      })),
    ],
    [
      "about more rows: nobody can say",
      answer("r1", "r2", "r3"),
      rows.map(() => ({
        kind: "unknown",
        message: "Airtable's answer does not fit the rows that were sent",
        hint: null,
      })),
    ],
    [
      "that was lost: nobody can say",
      { kind: "doubt", message: "cut" },
      rows.map(() => ({ kind: "unknown", message: "cut", hint: null })),
    ],
    [
      "that never came for being busy: surely not done",
      { kind: "not-applied", message: "busy" },
      rows.map(() => ({ kind: "not-applied", message: "busy" })),
    ],
    [
      "that forbids it: by one call for all",
      { refusal: { kind: "forbidden", message: "no" } },
      rows.map(() => failed("forbidden", "no")),
    ],
  ])("%s", async (_what, given, outcomes) => {
    const service = answeringInTurn([given]);
    expect(await createRows(stateOf(service), rows)).toEqual(outcomes);
    expect(service.calls).toHaveLength(1);
  });

  test("that forbids one field alone is that row's, and the others are written", async () => {
    const message = 'You are not permitted to write cell values in field "Name of it"';
    const service = answeringCaller(({ body }) =>
      JSON.stringify(body).includes("fldNameofit")
        ? { refusal: { kind: "forbidden", status: 403, message } }
        : answer("r1"),
    );
    const bad = born("b", { "Name of it": text("x"), Name: text("y") });
    expect(await createRows(stateOf(service), [born("a"), bad])).toEqual([
      done("r1"),
      failed("invalid", message, "Name of it"),
    ]);
  });

  test("about another row than the one that was changed leaves it in doubt", async () => {
    const service = answeringInTurn([answer("r9")]);
    expect(await updateRows(stateOf(service), [change("r1", { Name: text("n") })])).toMatchObject([
      { kind: "unknown", hint: null },
    ]);
  });

  test("that a field went away ends the run", async () => {
    const service = answeringInTurn([{ refusal: { kind: "field", message: "Unknown field" } }]);
    await expect(createRows(stateOf(service), rows)).rejects.toMatchObject({
      code: "schema_changed",
      message: "A field of the table went away while rows were written: Unknown field",
    });
  });
});

describe("people without access", () => {
  const message = "User is not a collaborator of the base";
  const refuse = (sign: string) =>
    answeringCaller(({ body }) => {
      const { records } = body as { records: readonly { id?: string; fields: object }[] };
      if (JSON.stringify(body).includes(sign))
        return {
          refusal: { type: "INVALID_VALUE_FOR_COLUMN", message: `Field "Who": ${message}` },
        };
      return answer(...records.map(({ id }, at) => id ?? `r${at}`));
    });
  const note = "Who: not all of its people have access to the base; left as it was.";

  test("are left out with a note, and asked for no second time, by new rows and old ones", async () => {
    const service = refuse("a@x.test");
    const state = stateOf(service);
    const row = born("a", { Who: who, Name: text("n") });
    expect(await createRows(state, [row])).toEqual([done("r0", note)]);
    // Without them the row goes by its key as well, or it would be made twice.
    expect(sent(service).at(-1)).toEqual([
      "PATCH",
      { records: [{ fields: { fldName: "n", fldID: "a" } }], ...upsert },
    ]);
    const calls = service.calls.length;
    expect(await createRows(state, [row, born("b", { Name: text("m") })])).toEqual([
      done("r0", note),
      done("r1"),
    ]);
    expect(await updateRows(state, [change("r5", { Who: who, Name: text("x") })])).toEqual([
      done("r5", note),
    ]);
    expect(service.calls).toHaveLength(calls + 2);
    expect(JSON.stringify(service.calls.slice(calls).map(({ body }) => body))).not.toContain("a@x");
  });

  test("in one field say nothing of those in another, nor of others in the same", async () => {
    const service = refuse("a@x.test");
    const state = stateOf(service);
    await createRows(state, [born("a", { Who: who })]);
    expect(state.refusedPeople).toEqual(new Set(['fldWho [{"email":"a@x.test"}]']));
    const others: WriteCell = { kind: "people", emails: ["b@x.test"] };
    await createRows(state, [born("b", { Who: others, Boss: others })]);
    expect(service.calls.at(-1)?.body).toMatchObject({
      records: [{ fields: { fldWho: [{ email: "b@x.test" }], fldBoss: { email: "b@x.test" } } }],
    });
  });

  test("are not left out for the fault of another field", async () => {
    const refusal = { type: "INVALID_VALUE_FOR_COLUMN", message: 'Field "Name" cannot take it' };
    const service = answeringInTurn([{ refusal }]);
    const state = stateOf(service);
    expect(await createRows(state, [born("a", { Who: who, Name: text("n") })])).toEqual([
      failed("invalid", refusal.message, "Name"),
    ]);
    expect([state.refusedPeople.size, service.calls.length]).toEqual([0, 1]);
  });

  test("whose row has nothing else to change need no call", async () => {
    const service = refuse("a@x.test");
    const state = stateOf(service);
    await updateRows(state, [change("r1", { Who: who })]);
    const calls = service.calls.length;
    expect(await updateRows(state, [change("r1", { Who: who })])).toEqual([done("r1", note)]);
    expect(service.calls).toHaveLength(calls);
  });
});

describe("changing", () => {
  test("only what is named is sent, by the row's id", async () => {
    const service = answeringInTurn([answer("r1", "r2")]);
    const rows = [
      change("r1", { Name: text("n"), ID: { kind: "blank" } }),
      change("r2", { Tags: { kind: "blank" } }),
    ];
    expect(await updateRows(stateOf(service), rows)).toEqual([done("r1"), done("r2")]);
    const records = [
      { id: "r1", fields: { fldName: "n", fldID: null } },
      { id: "r2", fields: { fldTags: [] } },
    ];
    expect(sent(service)).toEqual([["PATCH", { records, returnFieldsByFieldId }]]);
  });

  test("rows of which nothing is to be written keep their places among the others", async () => {
    const service = answeringInTurn([answer("r2")]);
    const rows = [
      change("r1", { Else: text("x") }),
      change("r2", { Name: text("n") }),
      change("r3", { Name: { kind: "number", number: 1 } }),
    ];
    expect(await updateRows(stateOf(service), rows)).toEqual([
      done("r1"),
      done("r2"),
      done("r3", "Name: a number does not fit a field of type singleLineText; left as it was."),
    ]);
  });

  test("a row that lies marked takes no edits unless it is to come back", async () => {
    const mark = { field: "gone", value: "x" };
    const service = answeringInTurn([{ body: { records: [record("r1", { fldGone: "x" })] } }]);
    const state = stateOf(service, { mark });
    const cells = { Name: text("n") };
    expect(await updateRows(state, [change("r1", cells)])).toEqual([
      failed("trashed", "the row is marked as removed"),
    ]);
    expect(await updateRows(state, [change("r1", cells, true)])).toEqual([done("r1")]);
    const fieldsOf = service.calls.map(({ body }) => (body as { records: unknown[] }).records[0]);
    expect(fieldsOf).toEqual([
      { id: "r1", fields: { fldName: "n" } },
      { id: "r1", fields: { fldName: "n", fldGone: null } },
    ]);
  });

  test("a row that is gone fails alone; one whose link is gone is told by that property", async () => {
    const missing = {
      kind: "missing",
      type: "ROW_DOES_NOT_EXIST",
      message: "Record ID r9",
    } as const;
    const service = answeringCaller(({ method, body }) => {
      if (method === "GET") return answer("r1");
      return JSON.stringify(body).includes("r9") ? { refusal: missing } : answer("r1");
    });
    const rows = [change("r1", { Name: text("n") }), change("r9", { Name: text("m") })];
    expect(await updateRows(stateOf(service), rows)).toEqual([
      done("r1"),
      failed("missing", "Record ID r9"),
    ]);
    expect(sent(service).map((call) => (call === "GET" ? call : "PATCH"))).toEqual([
      "PATCH",
      "GET",
      "PATCH",
    ]);
  });
});

describe("removing", () => {
  test("deletes, where the config names no mark", async () => {
    const service = answeringInTurn([{ body: { records: [{ id: "r1", deleted: true }] } }]);
    expect(await removeRows(stateOf(service), ["r1", "r2"].map(recordId))).toEqual([
      done("r1"),
      { kind: "unknown", message: "Airtable's answer does not name the row", hint: null },
    ]);
    expect(sent(service)).toEqual([["DELETE", { records: ["r1", "r2"] }]]);
  });

  test.each<readonly [string, WireField, string, unknown, boolean]>([
    ["a text", field("M", "singleLineText"), "x", "x", false],
    ["a long text", field("M", "multilineText"), "x", "x", false],
    ["a number", field("M", "number"), "7", 7, false],
    ["a tick", field("M", "checkbox"), "anything", true, false],
    ["an option", field("M", "singleSelect", { choices: [{ name: "x" }] }), "x", "x", false],
    ["a new option", field("M", "singleSelect", { choices: [{ name: "X" }] }), "x", "x", true],
  ])("marks by %s", async (_what, marked, value, json, isNew) => {
    const service = answeringInTurn([answer("r1")]);
    const state = stateOf(service, { mark: { field: "M", value } });
    const { baseId, wire } = must(state.table, "no table");
    adopt(state, { baseId, wire: { ...wire, fields: [...wire.fields, marked] } }, null);
    expect(await removeRows(state, [recordId("r1")])).toEqual([done("r1")]);
    const records = [{ id: "r1", fields: { fldM: json } }];
    const typecast = isNew ? { typecast: true } : {};
    expect(sent(service)).toEqual([["PATCH", { records, ...typecast, returnFieldsByFieldId }]]);
  });

  test("marks a row that its answer then shows as marked", async () => {
    const mark = { field: "Gone", value: "x" };
    const service = answeringInTurn([{ body: { records: [record("r1", { fldGone: "x" })] } }]);
    expect(await removeRows(stateOf(service, { mark }), [recordId("r1")])).toEqual([done("r1")]);
  });

  test("a mark that its field cannot hold stops the sync", () => {
    for (const [type, value] of [
      ["number", "x"],
      ["email", "x"],
    ] as const) {
      const state = stateOf(answeringInTurn([]));
      const { baseId, wire } = must(state.table, "no table");
      const at = { ...state, setting: { ...state.setting, mark: { field: "M", value } } };
      const all = [...wire.fields, field("M", type)];
      expect(() => adopt(at, { baseId, wire: { ...wire, fields: all } }, null)).toThrow(
        `Removed rows cannot be marked with "x" in "M", a field of type ${type}.`,
      );
    }
  });
});
