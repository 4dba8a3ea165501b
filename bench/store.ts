// How long the store takes for a pair of 10,000 rows with ten mapped fields: saving all, the index that
// every run loads, and all links whole. Prints a line each and fails when a limit is passed.
//   npm exec node bench/store.ts
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cellKey, fieldId, linkId, pairId, recordId, runId } from "../src/core/ids.ts";
import type { CellKey } from "../src/core/ids.ts";
import type { BaseCell, Link } from "../src/core/link.ts";
import * as values from "../src/core/value.ts";
import { openSqliteStore } from "../src/store/sqlite/open.ts";

const linkCount = 10_000;
const pair = pairId("bench");

function makeLink(row: number): Link {
  const contents = [
    values.text(`Specification number ${row}, with a title of usual length`),
    values.choice("In progress"),
    values.number(row / 3),
    values.day("2026-11-21"),
    values.boolean(row % 2 === 0),
    values.people([{ id: `usr${row}`, email: `person${row % 40}@example.com`, name: "A Person" }]),
    values.choices(["alpha", "beta", "gamma"]),
    values.text("https://www.example.com/some/page/of/the/product"),
    values.instant(1_795_000_000_000 + row),
    values.text("A remark of a sentence or two. ".repeat(4)),
  ];
  const cells = new Map<CellKey, BaseCell>(
    contents.map((content, index) => [
      cellKey(fieldId(`pr${index}`), fieldId(`fldABCDEFGHIJK${index}`)),
      {
        left: content,
        right: content,
        rev: 1,
        lossySide: null,
        atMs: 1_795_000_000_000,
        rule: "F14",
        run: runId("2026-11-21T10-00-00Z-abcd"),
        previous: null,
      },
    ]),
  );
  return {
    id: linkId(`link-${row}`),
    pair,
    ids: {
      left: recordId(`1f2e3d4c-5b6a-7988-0123-${String(row).padStart(12, "0")}`),
      right: recordId(`rec${String(row).padStart(14, "0")}`),
    },
    state: "live",
    archival: null,
    title: `Specification number ${row}`,
    cells,
    pending: { left: new Map(), right: new Map() },
    hashes: { left: "a".repeat(32), right: "b".repeat(32) },
    stamps: { left: 1_795_000_000_000, right: 1_795_000_000_000 },
    ownStamps: { left: null, right: null },
    isFlagged: false,
    wokenAtMs: 0,
    bornAtMs: 1_795_000_000_000,
  };
}

async function measure(name: string, limitMs: number, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  const bestMs = Math.min(...times);
  const isWithin = bestMs <= limitMs;
  if (!isWithin) process.exitCode = 1;
  console.log(
    `${name}: ${bestMs.toFixed(0)} ms best of 5 (limit ${limitMs} ms)${isWithin ? "" : " TOO SLOW"}`,
  );
}

const directory = mkdtempSync(join(tmpdir(), "tandem-bench-"));
const path = join(directory, "tandem.db");
try {
  const store = await openSqliteStore({ path });
  const links = Array.from({ length: linkCount }, (_, row) => makeLink(row));
  const ids = links.map((link) => link.id);
  await measure("save all links, one commit", 4_000, () =>
    store.commit(
      null,
      links.map((link) => ({ kind: "link", link })),
    ),
  );
  await measure("save one link, one commit, 100 times", 2_000, async () => {
    for (const link of links.slice(0, 100)) await store.commit(null, [{ kind: "link", link }]);
  });
  await measure("load the index", 50, () => store.loadLinkIndex(pair));
  await measure("load all links whole", 300, () => store.loadLinks(ids));
  await store.close();
  console.log(`file: ${(statSync(path).size / 1024 / 1024).toFixed(1)} MiB`);
  await measure("open and check", 1_000, async () => (await openSqliteStore({ path })).close());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
