// Finds out whether the audit log is whole: every line there, unedited, in its order. Each line carries
// the hash of the one before, so a change shows at the line after it. The last line has none after it;
// for that one the store is asked what it wrote last.
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
}

export interface Verification extends ChainResult {
  /** Names of the files that were read, oldest first. */
  readonly files: readonly string[];
}

/** Walks the whole log, rotated files first. Reads only. No findings: the log is whole. */
export async function verifyHistory(options: VerifyOptions): Promise<Verification> {
  const { path, names, newest = null } = options;
  const chain = makeChain(newest, names);
  const archives = listArchives(path);
  const files = archives.map((archive) => basename(archive.path));
  for (const archive of archives) walkArchive(chain, archive.path);
  if (existsSync(path)) {
    files.push(basename(path));
    await walkLog(chain, path, archives.at(-1)?.to ?? 0);
  }
  return { files, ...endChain(chain, basename(path)) };
}

function walkArchive(chain: Chain, path: string): void {
  const file = basename(path);
  let lines: readonly string[];
  try {
    lines = readArchive(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown reason";
    chain.findings.push({ kind: "damaged", file, line: 0, seq: null, message });
    return;
  }
  for (const [index, text] of lines.entries()) addLine(chain, { text, file, line: index + 1 });
}

/** `archivedTo`: a crash between the steps of rotation leaves lines up to it here as well. */
async function walkLog(chain: Chain, path: string, archivedTo: number): Promise<void> {
  const file = basename(path);
  let line = 0;
  let mayBeArchived = true;
  for await (const { text, isWhole } of linesForward(path)) {
    line += 1;
    const seq = parsePlace(text)?.seq ?? null;
    mayBeArchived &&= seq !== null && seq <= archivedTo;
    if (!mayBeArchived && (isWhole || seq !== null)) addLine(chain, { text, file, line });
    if (isWhole) continue;
    const message = "The last line has no end: a crash cut it off. The next run mends it.";
    chain.findings.push({ kind: "torn", file, line, seq, message });
  }
}
