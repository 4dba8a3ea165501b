// Scenarios over HTTP, on the Product Ops pair with all its kinds of fields.
import { must } from "../../src/core/assert.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import { freshState } from "../../src/engine/prepare.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import type { HttpBench } from "./http-bench.ts";
import type { Play } from "./scenario.ts";

export interface HttpScenario {
  readonly name: string;
  readonly specCount: number;
  readonly config?: (text: string) => string;
  readonly set: (bench: HttpBench) => Promise<Partial<Play>>;
  /** A person answers what waits, once. */
  readonly answer?: (bench: HttpBench) => Promise<void>;
  readonly status?: "attention";
}

const page = ({ ops }: HttpBench, at: number): string => must(ops.pageIds[at], "a page");

/** The record of a page. */
function record(bench: HttpBench, at: number): string {
  const rows = bench.ops.airtable.admin.rows(bench.ops.tableId);
  const id = page(bench, at);
  return must(
    rows.find(({ fields }) => fields["Notion Page ID"] === id),
    "a linked row",
  ).id;
}

function born({ ops }: HttpBench, pages: number, records: number): void {
  for (let at = 0; at < pages; at += 1) {
    const parent = { dataSourceId: ops.dataSourceId };
    ops.notion.admin.createPage({ parent, title: `Born in Notion ${at}` });
  }
  for (let at = 0; at < records; at += 1) {
    const fields = { "Spec Name": `Born in Airtable ${at}`, Status: "Draft" };
    ops.airtable.admin.addRow(ops.tableId, fields);
  }
}

const words = (content: string) => [{ text: { content } }];

const births: HttpScenario = {
  name: "births on both sides, more than one batch",
  specCount: 2,
  set: async (bench) => {
    await bench.sync();
    bench.wait(10);
    born(bench, 12, 2);
    bench.wait(10);
    return {};
  },
};

const busy: HttpScenario = {
  name: "edits, births and removals on both sides",
  specCount: 6,
  set: async (bench) => {
    const { ops } = bench;
    await bench.sync();
    bench.wait(10);
    ops.notion.admin.editPage(page(bench, 0), { Priority: { select: { name: "P3" } } });
    ops.airtable.admin.editRow(record(bench, 1), { Sprint: "Sprint 42", "Ship Date": null });
    ops.notion.admin.trash(page(bench, 2));
    ops.airtable.admin.deleteRow(record(bench, 3));
    born(bench, 1, 1);
    bench.wait(10);
    return {};
  },
};

const conflicts: HttpScenario = {
  name: "conflicts of every owner",
  specCount: 4,
  set: async (bench) => {
    const { ops } = bench;
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) {
      ops.notion.admin.editPage(page(bench, at), {
        Priority: { select: { name: "P3" } },
        Sprint: { rich_text: words("Notion's") },
        Blockers: { rich_text: words(`Notion's ${at}`) },
      });
    }
    bench.wait(10);
    for (const at of [0, 1]) {
      ops.airtable.admin.editRow(record(bench, at), {
        Priority: "P2",
        Sprint: "Airtable's",
        Blockers: `Airtable's ${at}`,
      });
    }
    bench.wait(10);
    return {};
  },
};

const firstMatch: HttpScenario = {
  name: "a first sync that matches rows by name",
  specCount: 5,
  set: async (bench) => {
    const { ops } = bench;
    for (const row of ops.notion.admin.rows(ops.dataSourceId).slice(0, 3)) {
      ops.airtable.admin.addRow(ops.tableId, { "Spec Name": row.title });
    }
    born(bench, 0, 1);
    bench.wait(10);
    return {};
  },
};

const restored: HttpScenario = {
  name: "pages back from the trash",
  specCount: 5,
  set: async (bench) => {
    const { ops } = bench;
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) ops.notion.admin.trash(page(bench, at));
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) ops.notion.admin.restore(page(bench, at));
    ops.notion.admin.editPage(page(bench, 0), { Priority: { select: { name: "P3" } } });
    bench.wait(10);
    return {};
  },
};

const undone: HttpScenario = {
  name: "an undo of births and of a removal",
  specCount: 4,
  set: async (bench) => {
    const { ops, policy } = bench;
    await bench.sync();
    bench.wait(10);
    born(bench, 1, 1);
    ops.notion.admin.trash(page(bench, 0));
    bench.wait(10);
    const { run } = await bench.sync();
    bench.wait(10);
    const options = { trigger: "undo", holder: "test" } as const;
    const act = async (): Promise<unknown> =>
      undoPair(policy, { undone: run, options }, await bench.deps());
    return { act };
  },
};

async function release(bench: HttpBench): Promise<void> {
  const store = bench.store();
  const state = (await store.loadPair(bench.policy.id)) ?? freshState(bench.policy);
  if (state.halted === null) return;
  const { guard, amount } = state.halted;
  const approvals = [{ guard, amountMax: amount }];
  await store.commit(null, [{ kind: "pair", pair: { ...state, halted: null, approvals } }]);
}

const released: HttpScenario = {
  name: "a halt, its release, and what was held",
  specCount: 8,
  set: async (bench) => {
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1, 2, 3, 4]) bench.ops.airtable.admin.deleteRow(record(bench, at));
    bench.wait(10);
    const act = async (): Promise<void> => {
      await bench.sync();
      await release(bench);
      await bench.sync();
    };
    return { act };
  },
};

const withoutMarker: HttpScenario = {
  name: "births in Airtable, without a marker in Notion",
  specCount: 2,
  config: (text) => text.replace(', notion: "Airtable Record ID"', ""),
  set: async (bench) => {
    await bench.sync();
    bench.wait(10);
    born(bench, 0, 2);
    bench.wait(10);
    return {};
  },
  answer: async (bench) => {
    const { ops, policy } = bench;
    const titles = ops.notion.admin.rows(ops.dataSourceId).map(({ title }) => title);
    for (const { id, title, values } of await bench.store().loadConflicts(policy.id, ["open"])) {
      const isThere = titles.includes(title);
      must((values.left !== null) === isThere ? true : null, "a question with its row");
      const answer = { keep: isThere ? "left" : "right" } as const;
      await resolveConflict(bench.store(), [policy.id], { id, answer });
    }
  },
};

export const httpScenarios: readonly HttpScenario[] = [
  births,
  busy,
  conflicts,
  firstMatch,
  restored,
  undone,
  released,
  withoutMarker,
];
