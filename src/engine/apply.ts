// Carries a plan out, phase by phase: look again, send, store, tally. One bad row never stops the
// others; a side that stops answering is left in peace for the rest of the run.
import { must } from "../core/assert.ts";
import type { EntryBody } from "../core/entry.ts";
import { SyncError } from "../errors.ts";
import type { StoreChange } from "../store/store.ts";
import { narrowed } from "./narrow.ts";
import { giveBack } from "./give-back.ts";
import { lookBatchMax, precheck } from "./precheck.ts";
import { contentHash } from "./outcome.ts";
import { send } from "./send.ts";
import { quarantineKey, type Sent } from "./sending.ts";
import { isNews } from "./tally.ts";
import { withoutStrays, type StrayInput } from "./stray.ts";
import { withdrawn } from "./withdrawn.ts";
import { callKey, phaseOf, phases, workKey, type Work } from "./work.ts";

/** Lost answers in a row after which a side counts as down. */
const lostInRowMax = 3;

export interface ApplyInput extends StrayInput {
  readonly works: readonly Work[];
  /** Called before every call; renews the lease, and throws when the run must stop. */
  readonly beforeCall: () => Promise<void>;
}

interface State {
  done: number;
  readonly total: number;
  readonly lostInRow: { left: number; right: number };
  readonly down: { left: string | null; right: string | null };
}

export async function apply(input: ApplyInput): Promise<void> {
  const state: State = {
    done: 0,
    total: input.works.length,
    lostInRow: { left: 0, right: 0 },
    down: { left: null, right: null },
  };
  const followUps: Work[] = [];
  for (const phase of phases) {
    const works = [...input.works, ...followUps].filter((work) => phaseOf(work) === phase);
    const ready = works.filter((work) => !isResting(work, input));
    for (const chunk of chunks(ready, (work) => lookBatchMax[work.action.side])) {
      const clear = await lookAndSort(chunk, state, input);
      for (const batch of batches(clear, input)) {
        await sendBatch(batch, { state, followUps }, input);
      }
    }
  }
  const reason = state.down.left ?? state.down.right;
  if (reason !== null) {
    throw new SyncError({
      code: "unavailable",
      message: `A service stopped answering in the middle of the run: ${reason}`,
      remedy: "Nothing is lost; run the sync again when the service is well.",
    });
  }
}

/** A refused row rests until its time, unless what is to be written has changed. */
function isResting(work: Work, input: ApplyInput): boolean {
  const { sending, tally } = input;
  const key = quarantineKey(work.plan.link.id, work.action.side);
  const resting = sending.quarantine.get(key);
  if (!tally.refused.has(workKey(work))) {
    if (resting === undefined || resting.retryAtMs <= sending.fold.atMs) return false;
    if (resting.contentHash !== contentHash(work, sending.deps)) return false;
  }
  tally.failed += 1;
  tally.hold("rejected");
  return true;
}

function* chunks(works: readonly Work[], sizeOf: (work: Work) => number): Generator<Work[]> {
  let chunk: Work[] = [];
  for (const work of works) {
    chunk.push(work);
    if (chunk.length >= sizeOf(work)) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function lookAndSort(
  chunk: readonly Work[],
  state: State,
  input: ApplyInput,
): Promise<readonly Work[]> {
  const { sending, tally } = input;
  const open = chunk.filter((work) => state.down[work.action.side] === null);
  tally.waiting += chunk.length - open.length;
  tally.hold("unreached", chunk.length - open.length);
  if (open.length === 0) return [];
  await input.beforeCall();
  const context = { setup: sending.setup, observation: input.observation };
  const baseless = await withdrawn(open, context, sending.deps);
  const checked = await precheck(open, context, sending.deps);
  tally.lookedAtMs = checked.lookedAtMs;
  const clear: Work[] = [];
  const changes: StoreChange[] = [];
  for (const work of open) {
    const result = baseless.has(work) ? "moved" : (checked.results.get(work) ?? "clear");
    if (result === "clear") {
      clear.push(work);
      continue;
    }
    tally.waiting += 1;
    tally.hold(result);
    if (result === "hot") tally.guards.add("hotRow");
    const body = putOff(work, result);
    if (!isNews(tally, body)) continue;
    changes.push({
      kind: "entry",
      entry: {
        run: sending.fold.run,
        pair: work.plan.link.pair,
        atMs: sending.fold.toldAtMs,
        body,
      },
    });
  }
  if (changes.length > 0) await sending.deps.store.commit(sending.lease, changes);
  return clear;
}

function putOff(work: Work, why: "moved" | "hot"): EntryBody {
  const { link } = work.plan;
  const isHot = why === "hot";
  return {
    type: "problem",
    side: work.action.side,
    ids: link.ids,
    field: null,
    code: isHot ? "hot_row" : "moved_meanwhile",
    message: isHot
      ? `Somebody edited "${link.title}" a moment ago; it is written to in a later run.`
      : `"${link.title}" changed while the run was under way; it is looked at again in the next run.`,
    remedy: "Nothing to do.",
  };
}

/** Calls' worth of works. Rows that were refused before go alone, so that they spoil no batch. */
function* batches(works: readonly Work[], input: ApplyInput): Generator<Work[]> {
  const { sending } = input;
  const isSuspect = (work: Work): boolean =>
    sending.quarantine.has(quarantineKey(work.plan.link.id, work.action.side));
  const groups = Map.groupBy(
    works.filter((work) => !isSuspect(work)),
    callKey,
  );
  for (const group of groups.values()) {
    const side = must(group[0], "an empty group").action.side;
    const size = sending.deps.connectors[side].capabilities.writeBatchMax;
    yield* chunks(group, () => size);
  }
  for (const work of works.filter(isSuspect)) yield [work];
}

async function sendBatch(
  batch: readonly Work[],
  at: { readonly state: State; readonly followUps: Work[] },
  input: ApplyInput,
): Promise<void> {
  const { state } = at;
  const { sending, tally } = input;
  const side = must(batch[0], "an empty call").action.side;
  if (state.down[side] !== null) {
    tally.waiting += batch.length;
    tally.hold("unreached", batch.length);
    return;
  }
  await input.beforeCall();
  const works = await withoutStrays(batch, input);
  if (works.length === 0) return;
  const sent = await send(works, sending);
  tally.noteWindow(sending.deps.nowMs() - tally.lookedAtMs, works.length);
  for (const entry of sent) {
    const rest = narrowed(entry.work, entry.outcome);
    // Bound: each step sends fewer cells than the one before.
    for (const work of rest) await sendBatch([work], at, input);
    // What a new row was made without still waits to be filled in.
    if (rest.length > 0 && entry.intent.kind === "create") {
      tally.waiting += 1;
      tally.hold("rejected");
    }
    if (rest.length > 0) continue;
    tally.note(entry, sending.fold.canRestore[side]);
    noteHealth(entry, state);
    const followUp = giveBack(entry, sending.setup);
    if (followUp !== null) at.followUps.push(followUp);
  }
  state.done += works.length;
  // What new rows give back was not known when the works were counted.
  const total = Math.max(state.total, state.done);
  sending.deps.onProgress({ stage: "apply", done: state.done, total });
}

function noteHealth(entry: Sent, state: State): void {
  const { side } = entry.intent;
  switch (entry.outcome.kind) {
    case "done":
    case "failed":
      state.lostInRow[side] = 0;
      return;
    case "not-applied":
      state.down[side] = entry.outcome.message;
      return;
    case "unknown":
      state.lostInRow[side] += 1;
      if (state.lostInRow[side] >= lostInRowMax) state.down[side] = entry.outcome.message;
  }
}
