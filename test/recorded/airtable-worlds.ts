// Rebuilds the bases that the recordings were made in, from the schema and the rows the recordings show.
//
// Where an answer shows only the result of a computed field, its formula is guessed from the results; what
// cannot be guessed is set as it was shown.
import type { FieldWish } from "../../src/sandbox/airtable/field/make.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../../src/sandbox/airtable/json.ts";
import { makeAirtableSandbox, type AirtableAdmin } from "../../src/sandbox/airtable/sandbox.ts";
import { makeSandboxClock } from "../../src/sandbox/clock.ts";
import type { RecordedPair } from "./airtable-pair.ts";
import { makeRecordedChance, type Stage } from "./airtable-replay.ts";

const personOne = {
  id: "usrPnLezZNh82BzJC",
  email: "person.one@example.com",
  name: "Person One",
};
const personTwo = {
  id: "usrhlQNsalTkImrLc",
  email: "person.two@example.com",
  name: "Person Two",
};

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: JsonObject, key: string): string {
  return stringAt(value, key) ?? "";
}

/** The tables of the first schema a recording shows. */
export function recordedTables(pairs: readonly RecordedPair[]): JsonObject[] {
  const pair = pairs.find(({ path, status }) => path.endsWith("/tables") && status === 200);
  return pair !== undefined && isObject(pair.answer) ? objects(pair.answer["tables"]) : [];
}

/** What the recorded schema keeps to itself: how the computed fields of a table are computed. */
function grouparooCompute(tableFields: readonly JsonObject[]): Record<string, Partial<FieldWish>> {
  const link = tableFields.find((field) => text(field, "name") === "f_multipleRecordLinks");
  const linkId = link === undefined ? "" : text(link, "id");
  const through = { recordLinkFieldId: linkId, fieldIdInLinkedTable: "fldGiTdXaCzx8AJiU" };
  return {
    f_formula: { options: { formula: "{Name}&{f_autoNumber}" } },
    f_count: { options: { recordLinkFieldId: linkId } },
    f_rollup: { options: through, rollup: "AVERAGE(values)" },
    f_multipleLookupValues: { options: through },
    f_button: { constant: { label: "Open URL", url: "https://www.grouparoo.com" } },
  };
}

function fieldWish(field: JsonObject, compute: Record<string, Partial<FieldWish>>): FieldWish {
  const name = text(field, "name");
  const options = objectAt(field, "options");
  return {
    id: text(field, "id"),
    name,
    type: text(field, "type"),
    description: stringAt(field, "description"),
    ...(options === null ? {} : { options }),
    ...compute[name],
  };
}

interface GrouparooWish {
  readonly baseId: string;
  /** Ids of the two tables with all field types, by name. */
  readonly tableIds: Readonly<Record<string, string>>;
  readonly tables: readonly JsonObject[];
  /** Recorded rows of the table `All`. */
  readonly rows: readonly JsonObject[];
  readonly hasMetaAccess: boolean;
}

/** The base of the grouparoo recordings. */
export function stageGrouparoo(wish: GrouparooWish): Stage {
  const chance = makeRecordedChance();
  const clock = makeSandboxClock();
  clock.freeze(Date.parse("2021-12-28T21:06:26.000Z"));
  const sandbox = makeAirtableSandbox({
    chance,
    clock,
    rateLimit: null,
    dialect: "2022",
    owner: personOne,
  });
  const { admin } = sandbox;
  admin.addBase({
    id: wish.baseId,
    name: "[CI Test] Marketing Campaign Tracking",
    tables: wish.tables.map((table) => ({
      id: wish.tableIds[text(table, "name")] ?? text(table, "id"),
      name: text(table, "name"),
      primaryFieldId: text(table, "primaryFieldId"),
      fields: objects(table["fields"]).map((field) =>
        fieldWish(field, grouparooCompute(objects(table["fields"]))),
      ),
      views: objects(table["views"]).map((view) => ({
        id: text(view, "id"),
        name: text(view, "name"),
        type: text(view, "type"),
      })),
    })),
  });
  for (const row of wish.rows) addGrouparooRow(admin, row);
  // The automatic number of the next row is 173 in the first recorded creation.
  admin.deleteRow(admin.addRow("Empty", { f_autoNumber: 172 }));
  if (!wish.hasMetaAccess) admin.setScopes(["data.records:read", "data.records:write"]);
  return { sandbox, chance };
}

function addGrouparooRow(admin: AirtableAdmin, row: JsonObject): void {
  const fields = objectAt(row, "fields") ?? {};
  const links = fields["f_multipleRecordLinks"];
  const impressions = fields["f_multipleLookupValues"];
  for (const [index, id] of (Array.isArray(links) ? links : []).entries()) {
    const shown = Array.isArray(impressions) ? impressions[index] : null;
    if (typeof id === "string" && admin.row(id) === null) {
      admin.addRow("📈 Results", { Impressions: shown ?? null }, { id });
    }
  }
  const stored: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) {
    const isComputed = /button|created|formula|lastModified|rollup|Lookup|count/.test(name);
    // The rollup goes over a column nobody shows; only its empty case is worked out.
    if (!isComputed || (name === "f_rollup" && typeof value === "number")) stored[name] = value;
  }
  const creator = objectAt(fields, "f_createdBy");
  admin.addRow("All", stored, {
    id: text(row, "id"),
    by: creator !== null && text(creator, "id") === personTwo.id ? personTwo : personOne,
    createdMs: Date.parse(text(row, "createdTime")),
    modifiedMs: Date.parse(text(fields, "f_lastModifiedTime")),
    modifiedBy: fields["f_lastModifiedBy"] === undefined ? null : personOne,
  });
}

/** The film base of the airtable.java recordings. */
export function stageMovies(movies: readonly JsonObject[], actor: JsonObject): Stage {
  const chance = makeRecordedChance();
  const clock = makeSandboxClock();
  clock.freeze(Date.parse("2017-09-14T10:00:00.000Z"));
  const sandbox = makeAirtableSandbox({ chance, clock, rateLimit: null, dialect: "2022" });
  const { admin } = sandbox;
  const named = [{ name: "Name", type: "singleLineText" }];
  admin.addBase({
    id: "appTtHA5PfJnVfjdu",
    name: "Movies",
    tables: [
      { name: "Directors", id: "tblDirectors00000", fields: named },
      {
        name: "Actors",
        id: "tblActors00000000",
        fields: [
          ...named,
          { name: "Photo", type: "multipleAttachments" },
          { name: "Biography", type: "multilineText" },
        ],
      },
      {
        name: "Movies",
        fields: [
          ...named,
          { name: "Description", type: "multilineText" },
          { name: "Photos", type: "multipleAttachments" },
          { name: "Seen?", type: "checkbox" },
          { name: "Director", type: "multipleRecordLinks", options: { linkedTableId: "tblDirectors00000" } },
          { name: "Actors", type: "multipleRecordLinks", options: { linkedTableId: "tblActors00000000" } },
          { name: "Genre", type: "multipleSelects", options: { choices: [] } },
          { name: "Personal Rating", type: "singleSelect", options: { choices: [] } },
          { name: "Personal Notes", type: "multilineText" },
        ],
      },
    ],
  });
  admin.renameField("Actors", "Movies", "Filmography");
  addLinkTargets(admin, movies);
  const { Filmography: _filmography, ...cells } = objectAt(actor, "fields") ?? {};
  admin.editRow(text(actor, "id"), cells);
  for (const movie of movies) {
    admin.addRow("Movies", objectAt(movie, "fields") ?? {}, {
      id: text(movie, "id"),
      createdMs: Date.parse(text(movie, "createdTime")),
    });
  }
  return { sandbox, chance, isAncient: true };
}

function addLinkTargets(admin: AirtableAdmin, movies: readonly JsonObject[]): void {
  // The recorded creation links an actor and a director of films that are there.
  for (const [field, table] of [
    ["Actors", "Actors"],
    ["Director", "Directors"],
  ] as const) {
    for (const movie of movies) {
      const ids = objectAt(movie, "fields")?.[field];
      for (const id of Array.isArray(ids) ? ids : []) {
        if (typeof id === "string" && admin.row(id) === null) {
          admin.addRow(table, {}, { id, createdMs: Date.parse("2014-07-18T04:48:25.000Z") });
        }
      }
    }
  }
}
