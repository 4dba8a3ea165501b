// Whatever is sent, the sandbox answers like the service: never an exception, always an envelope. And whatever
// people and the bot do, the world stays whole.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeSandboxClock } from "../clock.ts";
import { makeInProcessCall } from "./in-process.ts";
import type { Json, JsonObject } from "./json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "./sandbox.ts";

interface Place {
  readonly workshop: NotionWorkshop;
  readonly specs: string;
  readonly tasks: string;
  readonly ids: readonly string[];
}

function furnish(): Place {
  const clock = makeSandboxClock(0);
  clock.freeze(Date.UTC(2026, 0, 1));
  const workshop = makeNotionSandbox({ clock, rateLimit: null });
  const { admin } = workshop;
  const specs = admin.createDatabase({
    title: "Specs",
    properties: {
      Name: { title: {} },
      Cost: { number: {} },
      Tags: { multi_select: {} },
      Status: { status: {} },
      Due: { date: {} },
      Twice: { formula: { expression: 'prop("Cost") * 2' } },
    },
  });
  const tasks = admin.createDatabase({ title: "Tasks" });
  admin.addProperty(tasks.dataSourceId, "Spec", {
    relation: { data_source_id: specs.dataSourceId, dual_property: {} },
  });
  const page = admin.createPage({ parent: { dataSourceId: specs.dataSourceId }, title: "A" });
  return {
    workshop,
    specs: specs.dataSourceId,
    tasks: tasks.dataSourceId,
    ids: [page, specs.databaseId, specs.dataSourceId, admin.rootPageId, admin.personId, "AAA"],
  };
}

const keys = [
  "parent",
  "properties",
  "title",
  "type",
  "page_id",
  "data_source_id",
  "database_id",
  "Name",
  "Cost",
  "Tags",
  "Status",
  "Due",
  "Twice",
  "number",
  "multi_select",
  "status",
  "date",
  "start",
  "end",
  "name",
  "filter",
  "property",
  "equals",
  "and",
  "or",
  "sorts",
  "direction",
  "children",
  "paragraph",
  "rich_text",
  "text",
  "content",
  "relation",
  "formula",
  "expression",
  "select",
  "options",
  "in_trash",
  "page_size",
  "start_cursor",
  "initial_data_source",
  "timestamp",
  "created_time",
  "is_empty",
  "position",
] as const;

const words = [
  "",
  "Name",
  "Cost",
  "2026-01-01",
  "ascending",
  "created_time",
  'prop("Cost")',
  "(",
  "x",
];

const jsonBody = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, 1, -1, 101, 2.5, ...words),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 5 }),
})).object;

const endpoints: readonly (readonly [string, string])[] = [
  ["POST", "pages"],
  ["PATCH", "pages/:id"],
  ["GET", "pages/:id"],
  ["POST", "pages/:id/move"],
  ["GET", "pages/:id/properties/title"],
  ["POST", "databases"],
  ["PATCH", "databases/:id"],
  ["POST", "data_sources"],
  ["PATCH", "data_sources/:id"],
  ["POST", "data_sources/:id/query"],
  ["PATCH", "blocks/:id"],
  ["PATCH", "blocks/:id/children"],
  ["DELETE", "blocks/:id"],
  ["POST", "search"],
  ["POST", "comments"],
  ["POST", "file_uploads"],
];

describe("any request", () => {
  test("is answered with 200 or a refusal in the envelope, and can be answered again", () => {
    const request = fc.tuple(
      fc.constantFrom(...endpoints),
      fc.nat({ max: 5 }),
      jsonBody,
      fc.option(fc.nat({ max: 3 }), { nil: null }),
    );
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const place = furnish();
        const call = makeInProcessCall(place.workshop);
        for (const [[method, path], at, body, parentAt] of requests) {
          // Half of the bodies get a parent that exists, to reach further in.
          const parent =
            parentAt === null ? {} : { parent: { page_id: place.ids[parentAt] ?? "" } };
          const id = place.ids[at] ?? "";
          const sent: JsonObject = JSON.parse(JSON.stringify({ ...body, ...parent }));
          const answer = call(method, path.replace(":id", id), sent);
          expect(typeof answer.body["request_id"]).toBe("string");
          if (answer.status === 200) continue;
          expect([400, 403, 404]).toContain(answer.status);
          expect(answer.body).toMatchObject({ object: "error", status: answer.status });
        }
      }),
      { numRuns: 300 },
    );
  });
});

type Step =
  | { readonly kind: "spec" | "task"; readonly pick: number }
  | { readonly kind: "relate"; readonly pick: number; readonly to: readonly number[] }
  | { readonly kind: "mirror"; readonly pick: number; readonly to: readonly number[] }
  | { readonly kind: "trash" | "restore" | "purge" | "archive"; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("spec", "task"), pick: fc.nat(9) }),
  fc.record({
    kind: fc.constantFrom("relate", "mirror"),
    pick: fc.nat(9),
    to: fc.array(fc.nat(9), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constantFrom("trash", "restore", "purge", "archive"), pick: fc.nat(9) }),
);

const mirrorName = "Related to Tasks (Spec)";

function carryOut(place: Place, wanted: Step): void {
  const { admin } = place.workshop;
  const idsOf = (source: string): string[] =>
    admin.rows(source, { withTrash: true }).map(({ id }) => id);
  const pick = (ids: readonly string[], at: number): string | undefined => ids[at % ids.length];
  const [specs, tasks] = [idsOf(place.specs), idsOf(place.tasks)];
  const live = (id: string): boolean => admin.readPage(id)?.isInTrash === false;
  switch (wanted.kind) {
    case "spec":
    case "task": {
      const dataSourceId = wanted.kind === "spec" ? place.specs : place.tasks;
      admin.createPage({ parent: { dataSourceId }, title: String(wanted.pick) });
      return;
    }
    case "relate":
    case "mirror": {
      const [from, to] = wanted.kind === "relate" ? [tasks, specs] : [specs, tasks];
      const id = pick(from, wanted.pick);
      if (id === undefined || !live(id)) return;
      const ids = wanted.to.flatMap((at) => pick(to, at) ?? []).map((other) => ({ id: other }));
      admin.editPage(id, { [wanted.kind === "relate" ? "Spec" : mirrorName]: { relation: ids } });
      return;
    }
    case "trash":
    case "restore":
    case "purge":
    case "archive": {
      const id = pick([...specs, ...tasks], wanted.pick);
      if (id === undefined) return;
      if (wanted.kind === "trash") admin.trash(id);
      else if (wanted.kind === "restore") admin.restore(id);
      else if (wanted.kind === "purge") admin.purgePage(id);
      else if (live(id)) admin.archivePage(id, true);
    }
  }
}

function idsIn(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : []).filter((id) => typeof id === "string");
}

describe("any history", () => {
  test("keeps both sides of a relation equal, and queries equal to the live rows", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const place = furnish();
        const { admin } = place.workshop;
        for (const wanted of steps) carryOut(place, wanted);
        const specs = admin.rows(place.specs);
        const tasks = admin.rows(place.tasks);
        const forward = tasks.flatMap(({ id, values }) =>
          idsIn(values["Spec"]).map((to) => `${id} ${to}`),
        );
        const backward = specs.flatMap(({ id, values }) =>
          idsIn(values[mirrorName]).map((from) => `${from} ${id}`),
        );
        expect(forward.toSorted()).toEqual(backward.toSorted());
        const call = makeInProcessCall(place.workshop);
        const results = call("POST", `data_sources/${place.specs}/query`, {}).body["results"];
        expect(results).toHaveLength(specs.filter(({ isArchived }) => !isArchived).length);
      }),
      { numRuns: 150 },
    );
  });
});
