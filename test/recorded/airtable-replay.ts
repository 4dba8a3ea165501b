// Sends recorded requests to a sandbox one after the other and judges the answers.
import { makeChance, type Chance, type IdPrefix } from "../../src/sandbox/airtable/chance.ts";
import { isObject, stringAt, type Json } from "../../src/sandbox/airtable/json.ts";
import type { AirtableSandboxCore } from "../../src/sandbox/airtable/sandbox.ts";
import { compareAnswers, type CompareRules } from "./airtable-compare.ts";
import { newestInstant, type RecordedPair } from "./airtable-pair.ts";

export type Verdict = "matched" | "differs" | "not served";

export interface Judged {
  readonly request: string;
  readonly verdict: Verdict;
  readonly differences: readonly string[];
}

/** Ids as recorded, where the recording tells them; made-up ones otherwise. */
export interface RecordedChance extends Chance {
  /** The next ids of a kind, in order. */
  foretell(prefix: IdPrefix, ids: readonly string[]): void;
}

export function makeRecordedChance(): RecordedChance {
  const chance = makeChance(7);
  const waiting = new Map<IdPrefix, string[]>();
  return {
    next: () => chance.next(),
    id: (prefix) => waiting.get(prefix)?.shift() ?? chance.id(prefix),
    foretell: (prefix, ids) => {
      waiting.set(prefix, [...ids]);
    },
  };
}

export interface Stage {
  readonly sandbox: AirtableSandboxCore;
  readonly chance: RecordedChance;
  readonly isAncient?: boolean;
}

/** Endpoints the sandbox does not have yet. */
function isServed(path: string): boolean {
  const isWebhook = path.startsWith("/v0/bases/");
  return !isWebhook && !path.includes("/comments") && !path.endsWith("/uploadAttachment");
}

/** Plays pairs in order on one stage. */
export function replayPairs(stage: Stage, pairs: readonly RecordedPair[]): Judged[] {
  const ownRows = new Set<string>();
  const offsets = new Map<string, string>();
  return pairs.map((pair): Judged => {
    const query = new URLSearchParams();
    for (const [key, value] of pair.query) query.append(key, offsets.get(value) ?? value);
    const request = `${pair.method} ${pair.path}?${query}`;
    if (!isServed(pair.path)) return { request, verdict: "not served", differences: [] };
    foretell(stage, pair, ownRows);
    const answer = send(stage, pair, query);
    const rules: CompareRules = {
      isOwnRow: (rowId) => ownRows.has(rowId),
      isAncient: stage.isAncient ?? false,
    };
    const differences =
      answer.status === pair.status
        ? compareAnswers(rules, pair.answer, answer.body)
        : [`status ${pair.status} became ${answer.status} ${JSON.stringify(answer.body)}`];
    learnOffset(offsets, pair.answer, answer.body);
    return { request, verdict: differences.length === 0 ? "matched" : "differs", differences };
  });
}

/** Sets the clock to the pair's instant, and hands out the ids its answer shows. */
function foretell(stage: Stage, pair: RecordedPair, ownRows: Set<string>): void {
  const isWrite = pair.method !== "GET" && pair.method !== "DELETE";
  const atMs = (isWrite ? newestInstant(pair.answer) : null) ?? pair.dateMs;
  if (atMs !== null) stage.sandbox.clock.freeze(atMs);
  if (pair.method !== "POST" || pair.status !== 200) return;
  const ids = recordIds(pair.answer);
  stage.chance.foretell("rec", ids);
  for (const id of ids) ownRows.add(id);
}

function recordIds(answer: Json): string[] {
  if (!isObject(answer)) return [];
  const records = answer["records"];
  const list = Array.isArray(records) ? records : [answer];
  return list.flatMap((record) => (isObject(record) ? (stringAt(record, "id") ?? []) : []));
}

function send(
  stage: Stage,
  pair: RecordedPair,
  query: URLSearchParams,
): { readonly status: number; readonly body: Json } {
  // Recordings leave the token out; where the answer was 401 it was a wrong one.
  const token = pair.status === 401 ? "wrong" : stage.sandbox.token;
  const { status, body } = stage.sandbox.service({
    method: pair.method,
    path: pair.path,
    query,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: pair.body === undefined ? "" : JSON.stringify(pair.body),
  });
  // Through text and back, as over the wire.
  const sent: Json = JSON.parse(JSON.stringify(body));
  return { status, body: sent };
}

function learnOffset(offsets: Map<string, string>, recorded: Json, ours: Json): void {
  if (!isObject(recorded) || !isObject(ours)) return;
  const from = stringAt(recorded, "offset");
  const to = stringAt(ours, "offset");
  if (from !== null && to !== null) offsets.set(from, to);
}
