// Finds out whether the audit log is whole: every line there, unedited, in its order. Each line carries
// the hash of the one before, so a change shows at the line after it; and each is held against what the
// store still remembers of it, for hashes can be made to fit by whoever rewrites all lines up to the end.
// It proves nothing against somebody who can rewrite both the whole log and the store.
import { existsSync } from "node:fs";
import { basename } from "node:path";

import type { NumberedEntry } from "../store/store.ts";
import { listArchives, readArchive } from "./archive.ts";
import { addLine, endChain, makeChain, type Chain, type ChainResult } from "./chain.ts";
import type { SideNames } from "./encode.ts";
import { parsePlace } from "./line.ts";
import { linesForward } from "./read.ts";

export interface VerifyOptions {
  readonly path: string;
  readonly names: SideNames;
  /** `Store.loadDrained()`: the newest entry that the log must hold. */
  readonly newest?: NumberedEntry | null;
  /** `Store.loadNumbered`: what the store remembers of its lines, in the order of their numbers. */
  readonly load?: LoadNumbered;
}

export type LoadNumbered = (
  afterSeq: number,
  countMax: number,
) => Promise<readonly NumberedEntry[]>;

/** Entries asked of the store at a time. */
const partCount = 1_000;

export interface Verification extends ChainResult {
  /** Names of the files that were read, oldest first. */
  readonly files: readonly string[];
}

/** Walks the whole log, rotated files first. Reads only. No findings: the log is whole. */
export async function verifyHistory(options: VerifyOptions): Promise<Verification> {
  const { path, names, newest = null } = options;
  const chain = makeChain(newest, names);
  const own = entriesBySeq(options.load ?? (() => Promise.resolve([])));
  const archives = listArchives(path);
  const files = archives.map((archive) => basename(archive.path));
  for (const archive of archives) await walkArchive(chain, archive.path, own);
  if (existsSync(path)) {
    files.push(basename(path));
    await walkLog(chain, { path, archivedTo: archives.at(-1)?.to ?? 0 }, own);
  }
  return { files, ...endChain(chain, basename(path)) };
}

type EntryAt = (text: string) => Promise<NumberedEntry | null>;

/** The store's entry for a line, by its number. Lines come in order, so a part is asked for at a time. */
function entriesBySeq(load: LoadNumbered): EntryAt {
  let part = new Map<number, NumberedEntry>();
  let range = { from: 1, to: 0 };
  return async (text) => {
    const seq = parsePlace(text)?.seq;
    if (seq === undefined) return null;
    if (seq < range.from || seq > range.to) {
      const entries = await load(seq - 1, partCount);
      part = new Map(entries.map((entry) => [entry.seq, entry]));
      // A part that is not full is the last one: nothing comes after it.
      const last = entries.length < partCount ? Number.MAX_SAFE_INTEGER : entries.at(-1)?.seq;
      range = { from: seq, to: last ?? seq };
    }
    return part.get(seq) ?? null;
  };
}

async function walkArchive(chain: Chain, path: string, own: EntryAt): Promise<void> {
  const file = basename(path);
  let lines: readonly string[];
  try {
    lines = readArchive(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown reason";
    chain.findings.push({ kind: "damaged", file, line: 0, seq: null, message });
    return;
  }
  for (const [index, text] of lines.entries()) {
    addLine(chain, { text, file, line: index + 1 }, await own(text));
  }
}

/** `archivedTo`: a crash between the steps of rotation leaves lines up to it here as well. */
async function walkLog(
  chain: Chain,
  { path, archivedTo }: { readonly path: string; readonly archivedTo: number },
  own: EntryAt,
): Promise<void> {
  const file = basename(path);
  let line = 0;
  let mayBeArchived = true;
  for await (const { text, isWhole } of linesForward(path)) {
    line += 1;
    const seq = parsePlace(text)?.seq ?? null;
    mayBeArchived &&= seq !== null && seq <= archivedTo;
    if (!mayBeArchived && (isWhole || seq !== null)) {
      addLine(chain, { text, file, line }, await own(text));
    }
    if (isWhole) continue;
    const message = "The last line has no end: a crash cut it off. The next run mends it.";
    chain.findings.push({ kind: "torn", file, line, seq, message });
  }
}
