// The audit log for the command line: lines by filters, lines as they come, and the check of its
// chain.
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryCheck, HistoryQuery, JsonObject } from "../cli/services.ts";
import type { Entry } from "../core/entry.ts";
import { encodeLine, noLine, type SideNames } from "../history/encode.ts";
import type { HistoryLine } from "../history/line.ts";
import { readHistory } from "../history/read.ts";
import { verifyHistory } from "../history/verify.ts";
import type { AppContext } from "./context.ts";

/** What the log calls the two sides. */
export const logNames: SideNames = { left: "notion", right: "airtable" };

const followMs = 1_000;

/** An entry as its line in the log, without its place there. */
export function toLine(entry: Entry): JsonObject {
  const line: unknown = JSON.parse(encodeLine({ seq: 0, entry }, noLine, logNames));
  const { seq: _seq, prev: _prev, ...rest } = line as Record<string, unknown>;
  return rest;
}

export async function* history(app: AppContext, query: HistoryQuery): AsyncGenerator<HistoryLine> {
  let lastSeq = 0;
  const lines = await newestLines(app, query);
  for (const line of lines) {
    lastSeq = Math.max(lastSeq, line.seq);
    yield line;
  }
  // Bound: the signal ends it.
  while (query.isFollowed && !app.signal.aborted) {
    try {
      await sleep(followMs, undefined, { signal: app.signal });
    } catch {
      return;
    }
    for (const line of await newLines(app, query, lastSeq)) {
      lastSeq = Math.max(lastSeq, line.seq);
      yield line;
    }
  }
}

function optionsOf(app: AppContext, query: HistoryQuery): Parameters<typeof readHistory>[0] {
  return {
    path: app.config.historyPath,
    names: logNames,
    isNewestFirst: true,
    hasArchives: true,
    filter: {
      ...(query.pair === null ? {} : { pair: query.pair }),
      ...(query.row === null ? {} : { row: query.row }),
      ...(query.field === null ? {} : { field: query.field }),
      ...(query.sinceMs === null ? {} : { sinceMs: query.sinceMs }),
      ...(query.kinds.length === 0 ? {} : { kinds: query.kinds }),
    },
  };
}

/** The newest lines that fit, oldest of them first. */
async function newestLines(app: AppContext, query: HistoryQuery): Promise<readonly HistoryLine[]> {
  const lines: HistoryLine[] = [];
  for await (const line of readHistory(optionsOf(app, query))) {
    if (query.run !== null && !line.run.startsWith(query.run)) continue;
    lines.push(line);
    if (query.countMax !== null && lines.length >= query.countMax) break;
  }
  return lines.reverse();
}

async function newLines(
  app: AppContext,
  query: HistoryQuery,
  lastSeq: number,
): Promise<readonly HistoryLine[]> {
  const lines: HistoryLine[] = [];
  for await (const line of readHistory(optionsOf(app, query))) {
    if (line.seq <= lastSeq) break;
    if (query.run === null || line.run.startsWith(query.run)) lines.push(line);
  }
  return lines.reverse();
}

export async function checkHistory(app: AppContext): Promise<HistoryCheck> {
  const newest = await app.store.loadDrained();
  const found = await verifyHistory({
    path: app.config.historyPath,
    names: logNames,
    newest,
    load: (afterSeq, countMax) => app.store.loadNumbered(afterSeq, countMax),
  });
  return {
    files: found.files.length,
    lines: found.lineCount,
    breaks: found.findings.map(({ kind, file, line, seq, message }) => ({
      kind,
      file,
      line,
      seq,
      message,
    })),
  };
}
