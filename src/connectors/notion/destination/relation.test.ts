// Relations of a one-way sync, word for word: made in a pass of their own, named at both ends, told of where
// they cannot be.
import { describe, expect, test } from "vitest";
import { refusal } from "../../../../test/fixture/notion-described.ts";
import {
  type DestinationBench,
  binding,
  column,
  invalid,
  declaration,
  lead,
  lost,
  openDestination,
  otherId,
  pause,
  people,
  properties,
  source,
  sourceId,
} from "../../../../test/fixture/notion-destination.ts";
import type { WireAnswer, WireRequest } from "../../../../test/fixture/notion-wire.ts";
import type { PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import type { Binding } from "../../destination.ts";

const go = { isPreview: false };
const look = { isPreview: true };

describe("relations", () => {
  const related = new Map([["people", people]]);
  const twoWay: PropertyDeclaration = {
    name: "Lead",
    shape: { type: "relation", database: "people", twoWay: "Leads" },
  };
  const boss: PropertyDeclaration = {
    name: "Boss",
    shape: { type: "relation", database: "people", twoWay: null },
  };
  const one = (name: string, at = otherId): unknown =>
    column(`r-${name}`, name, "relation", {
      data_source_id: at,
      type: "single_property",
      single_property: {},
    });
  const dual = (name: string, other: string, at = otherId): unknown =>
    column(`r-${name}`, name, "relation", {
      data_source_id: at,
      type: "dual_property",
      dual_property: { synced_property_id: `s-${name}`, synced_property_name: other },
    });
  const single = (at = otherId): unknown => ({
    relation: { data_source_id: at, type: "single_property", single_property: {} },
  });
  const add = (name: string, more = ""): unknown => ({
    kind: "add-relation",
    property: name,
    message: `Add the relation "${name}" to "People"${more}.`,
  });
  const relating = async (
    declared: readonly PropertyDeclaration[],
    answers: readonly WireAnswer[],
    first: WireAnswer = { body: source() },
  ): Promise<DestinationBench> => {
    const bench = openDestination(
      (_, at) => (at === 0 ? first : answers[Math.min(at, answers.length) - 1]!),
      {
        binding,
        declaration: { ...declaration, properties: [...properties, ...declared] },
      },
    );
    await bench.destination.prepareTable(go);
    return { ...bench, requests: () => bench.requests().slice(1) };
  };
  const path = `data_sources/${sourceId}`;
  const reread = { method: "GET", path, body: null };
  const patch = (entries: unknown, at = path): WireRequest => ({
    method: "PATCH",
    path: at,
    body: { properties: entries },
  });

  test("that are missing are made in one request, after another look at the table", async () => {
    const after = source({ Lead: one("Lead"), Boss: one("Boss") });
    const bench = await relating([lead, boss], [{ body: source() }, { body: after }]);
    expect(await bench.destination.prepareRelations(related, go)).toEqual({
      binding,
      steps: [add("Lead"), add("Boss")],
      notes: [],
    });
    expect(bench.requests()).toEqual([reread, patch({ Lead: single(), Boss: single() })]);
  });

  test("that are refused together are made one by one, and a refusal is told", async () => {
    const bench = await relating(
      [lead, boss],
      [{ body: source() }, invalid(), invalid("Full."), { body: source({ Boss: one("Boss") }) }],
    );
    const { steps, notes } = await bench.destination.prepareRelations(related, go);
    expect(steps).toEqual([add("Boss")]);
    expect(notes).toContain('Notion refused the relation "Lead": Full.');
    expect(bench.requests().slice(2)).toEqual([
      patch({ Lead: single() }),
      patch({ Boss: single() }),
    ]);
    const closed = await relating([lead], [{ body: source() }, refusal(403, "x")]);
    await expect(closed.destination.prepareRelations(related, go)).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("both ways get the declared name at the other end, by its id there", async () => {
    const after = source({ Lead: dual("Lead", "Related to Issues (Lead)") });
    const bench = await relating(
      [twoWay],
      [{ body: source() }, { body: after }, { body: source({}, otherId) }],
    );
    const { steps, notes } = await bench.destination.prepareRelations(related, go);
    expect(steps).toEqual([
      add("Lead", ', and "Leads" back from there'),
      {
        kind: "rename-property",
        property: "Lead",
        message: 'Rename "Related to Issues (Lead)" in "People" to "Leads".',
      },
    ]);
    expect(notes).toEqual([]);
    expect(bench.requests()).toEqual([
      reread,
      patch({
        Lead: { relation: { data_source_id: otherId, type: "dual_property", dual_property: {} } },
      }),
      patch({ "s-Lead": { name: "Leads" } }, `data_sources/${otherId}`),
    ]);
    // Nothing is left to do, and nothing is asked.
    expect(await bench.destination.prepareRelations(related, go)).toMatchObject({ steps: [] });
    expect(bench.requests()).toHaveLength(3);
  });

  test.each([
    ["Leads", "its own already"],
    ["Guides", "given by people"],
    ["Related to Issues (Other)", "of another relation"],
  ])("both ways keep the name %s, %s", async (name) => {
    const first: WireAnswer = { body: source({ Lead: dual("Lead", name) }) };
    const bench = await relating([twoWay], [], first);
    expect(await bench.destination.prepareRelations(related, go)).toMatchObject({
      steps: [],
      notes: [],
    });
    expect(bench.requests()).toEqual([]);
  });

  describe("of a table to itself", () => {
    const itself: PropertyDeclaration = {
      name: "Parent",
      shape: { type: "relation", database: "issues", twoWay: "Children" },
    };
    const back: PropertyDeclaration = {
      name: "Children",
      shape: { type: "relation", database: "issues", twoWay: "Parent" },
    };
    const known = new Map([["issues", binding]]);
    const both = source({
      Parent: dual("Parent", "Related to Issues (Parent)", sourceId),
      "Related to Issues (Parent)": dual("x", "Parent", sourceId),
    });
    const renamed = source({
      Parent: dual("Parent", "Children", sourceId),
      Children: dual("Children", "Parent", sourceId),
    });
    const plain = source({ Parent: one("Parent", sourceId) });
    const twoWayEntry = {
      relation: { data_source_id: sourceId, type: "dual_property", dual_property: {} },
    };
    const name = patch({ "s-Parent": { name: "Children" } });

    test("are made both ways, and declared at both ends they are made once", async () => {
      for (const declared of [[itself], [itself, back]]) {
        const bench = await relating(declared, [
          { body: source() },
          { body: both },
          { body: renamed },
        ]);
        const { steps, notes } = await bench.destination.prepareRelations(known, go);
        expect(steps).toMatchObject([{ kind: "add-relation" }, { kind: "rename-property" }]);
        expect(notes).toEqual([]);
        expect(bench.requests()).toEqual([reread, patch({ Parent: twoWayEntry }), name]);
      }
    });

    const oneWay = {
      steps: [{ kind: "add-relation", property: "Parent" }],
      notes: ['"Parent" is a one-way relation here, without "Children".'],
    };
    test("that are refused both ways are made one-way, and that is told", async () => {
      const bench = await relating([itself], [{ body: source() }, invalid(), { body: plain }]);
      expect(await bench.destination.prepareRelations(known, go)).toMatchObject(oneWay);
      expect(bench.requests()).toEqual([
        reread,
        patch({ Parent: twoWayEntry }),
        patch({ Parent: single(sourceId) }),
      ]);
      const refused = await relating([itself], [{ body: source() }, invalid(), invalid("Full.")]);
      const told = await refused.destination.prepareRelations(known, go);
      expect(told.steps).toEqual([]);
      expect(told.notes).toContain('Notion refused the relation "Parent": Full.');
    });

    test("whose answer is lost are looked for before another is made", async () => {
      const there = await relating([itself], [{ body: source() }, lost, { body: renamed }]);
      expect((await there.destination.prepareRelations(known, go)).notes).toEqual([]);
      expect(there.requests()).toEqual([reread, patch({ Parent: twoWayEntry }), reread]);
      const gone = await relating(
        [itself],
        [{ body: source() }, lost, { body: source() }, { body: plain }],
      );
      expect(await gone.destination.prepareRelations(known, go)).toMatchObject(oneWay);
      expect(gone.requests().at(-1)).toEqual(patch({ Parent: single(sourceId) }));
      const later = await relating([itself], [{ body: source() }, pause]);
      await expect(later.destination.prepareRelations(known, go)).rejects.toMatchObject({
        code: "rate_limited",
      });
    });
  });

  test("both ways whose other end cannot be named, or is not there, are told of", async () => {
    const chosen: WireAnswer = { body: source({ Lead: dual("Lead", "Related to Issues (Lead)") }) };
    const kept = await relating([twoWay], [invalid("Taken.")], chosen);
    expect(await kept.destination.prepareRelations(related, go)).toMatchObject({
      steps: [],
      notes: ['"Related to Issues (Lead)" keeps its name: Taken.'],
    });
    const preview = await relating([twoWay], [], chosen);
    expect((await preview.destination.prepareRelations(related, look)).steps).toMatchObject([
      { kind: "rename-property" },
    ]);
    expect(preview.requests()).toEqual([]);
    const plain = await relating([twoWay], [], { body: source({ Lead: one("Lead") }) });
    expect(await plain.destination.prepareRelations(related, go)).toMatchObject({
      steps: [],
      notes: ['"Lead" is a one-way relation here, without "Leads".'],
    });
  });

  test("to nowhere, or into another service, are told of; in a preview they may still come", async () => {
    const bench = await relating([lead], []);
    const told = ['"Lead" is not written: there is no table for people.'];
    const elsewhere = new Map([["people", { ...people, tableId: "tblAAAAAAAAAAAAAA" }]]);
    for (const known of [new Map<string, Binding>(), elsewhere]) {
      expect(await bench.destination.prepareRelations(known, go)).toMatchObject({
        steps: [],
        notes: told,
      });
    }
    expect((await bench.destination.prepareRelations(new Map(), look)).steps).toEqual([
      { kind: "add-relation", property: "Lead", message: 'Add the relation "Lead".' },
    ]);
    expect((await bench.destination.prepareRelations(related, look)).steps).toEqual([add("Lead")]);
    expect(bench.requests()).toEqual([]);
  });
});
