// What lies between the engine's clients and the services: time that passes, people who act in the
// middle of a call, answers that are old, lost, late or broken, and the death of the process.
import { rateLimitFault as slowDown, serverErrorFault } from "../../src/sandbox/airtable/faults.ts";
import { badGatewayFault, iteratorLossFault } from "../../src/sandbox/airtable/faults.ts";
import {
  forbidden,
  invalidValue,
  notFound,
  unauthenticated,
} from "../../src/sandbox/airtable/refusal.ts";
import {
  notionFaults,
  rateLimitFault,
  type NotionFaultName,
} from "../../src/sandbox/notion/faults.ts";
import type { Side } from "../../src/core/side.ts";
import type { SandboxAnswer, SandboxRequest } from "../../src/sandbox/wire.ts";
import type { DoorAnswer, DoorRequest } from "./airtable-door.ts";
import type { GhostRow } from "./ghost.ts";
import type { Lens } from "./lens.ts";
import { perform } from "./people.ts";
import type { Disturbance, FaultKind } from "./script.ts";
import type { Undoing } from "./undone.ts";
import { watch, type Looks } from "./watch.ts";
import { note, poisonTitle, type World } from "./world.ts";

/** The process as the services and the disk see it: it lives until it is killed, and then is silent. */
export interface Life {
  isOver: boolean;
  end(why: string): void;
}

export interface DoorState {
  readonly world: World;
  readonly lens: Lens | null;
  readonly life: Life;
  readonly disturbances: readonly Disturbance[];
  /** Calls of this run so far, both services together. */
  calls: number;
  writes: number;
  /** Kind of the call before. */
  lastOp: string;
  lockedOut: { side: Side; status: 401 | 403 | 404; left: number } | null;
}

const never = new Promise<never>(() => {});

function isWrite(request: { readonly method: string; readonly path: string }): boolean {
  if (request.method === "GET") return false;
  return !request.path.endsWith("/query") && !request.path.endsWith("/listRecords");
}

/** What kind of call it is, for the tables of numbers. */
function opOf(side: Side, request: SandboxRequest): string {
  const { method, path, body } = request;
  if (side === "left") {
    if (path.endsWith("/query")) return "notion list";
    if (!path.startsWith("/v1/pages")) return "notion schema";
    if (method === "GET") return "notion read";
    if (method === "POST") return "notion create";
    return body.includes('"in_trash"') ? "notion trash" : "notion update";
  }
  if (path.startsWith("/v0/meta")) return "airtable schema";
  if (!isWrite(request)) return "airtable list";
  if (method === "DELETE") return "airtable delete";
  return body.includes("performUpsert") || method === "POST"
    ? "airtable create"
    : "airtable update";
}

/** Fewer rows a page than the client asks for, so that a small table has pages at all. */
function withPages(side: Side, request: SandboxRequest, size: number): SandboxRequest {
  if (size >= 100) return request;
  if (side === "left" && request.path.endsWith("/query")) {
    return { ...request, body: request.body.replace(/"page_size":\d+/, `"page_size":${size}`) };
  }
  if (side === "right" && request.query.has("pageSize")) {
    const query = new URLSearchParams(request.query);
    query.set("pageSize", String(size));
    return { ...request, query };
  }
  return request;
}

function answerText(world: World, answer: SandboxAnswer): DoorAnswer {
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const headers = new Headers(answer.headers);
  headers.set("date", new Date(world.nowMs()).toUTCString());
  return { status: answer.status, headers, text };
}

function answered(fault: (typeof notionFaults)[NotionFaultName]): SandboxAnswer {
  if (fault.kind !== "answer") throw new Error("a fault without an answer");
  return fault.answer;
}

class Lost extends Error {
  readonly code = "ECONNRESET";
}

/** A call whose rows the engine has now seen. */
function noteLook(
  state: DoorState,
  at: { side: Side; request: SandboxRequest; body: string; askedMs: number; lagMs: number },
): void {
  const { world } = state;
  const { side, request, askedMs, lagMs } = at;
  const seen = (row: GhostRow | null): void => {
    if (row !== null) row.look = { askedMs, shownMs: askedMs - lagMs };
  };
  const ids = side === "left" ? /"object":"page","id":"([^"]+)"/g : /"id":"(rec[^"]+)"/g;
  const shown = [...at.body.matchAll(ids)].map((match) => world.ghost.row(side, match[1] ?? ""));
  for (const row of shown) row?.shownMs.push(askedMs - lagMs);
  if (side === "left" && request.body.includes('"last_edited_time":{"on_or_after"')) {
    // A row that is not shown was looked at when the query began: what comes before a later page is
    // not asked about again, nor are live rows when the archive is asked about.
    const isFirstPage = !/"start_cursor"|"is_archived":true/.test(request.body);
    for (const row of isFirstPage ? world.ghost.rows("left") : shown) seen(row);
    return;
  }
  for (const row of shown) if (row !== null) row.isListed = true;
  const asked = request.query.get("filterByFormula") ?? "";
  for (const match of asked.matchAll(/"(rec\w+)"|'(rec\w+)'/g)) {
    seen(world.ghost.row(side, match[1] ?? match[2] ?? ""));
  }
  for (const row of shown) seen(row);
}

/** Carries a call out and looks at what it did. */
function carryOut(
  state: DoorState,
  at: {
    side: Side;
    request: SandboxRequest;
    looks: Looks | null;
    creatingFor?: string | null;
    undoing?: Undoing | null;
  },
): SandboxAnswer {
  const { world, lens } = state;
  const { side, request } = at;
  const service = side === "left" ? world.services.notion.service : world.services.airtable.service;
  if (
    world.setting.further === "refused" &&
    side === "right" &&
    request.body.includes(poisonTitle)
  ) {
    const { status, body } = invalidValue("Title");
    return { status, body };
  }
  const answer = service(request);
  if (isWrite(request)) {
    const changes = note(world, side, "engine");
    lens?.keep(changes.touched);
    const creatingFor = at.creatingFor === undefined ? world.creatingFor : at.creatingFor;
    const undoing = at.undoing === undefined ? world.undoing : at.undoing;
    watch(world, { side, request, changes, looks: at.looks, creatingFor, undoing });
  }
  return answer;
}

function lockedOut(state: DoorState, side: Side): SandboxAnswer | null {
  const { lockedOut: lock } = state;
  if (lock === null || lock.side !== side || lock.left <= 0) return null;
  lock.left -= 1;
  if (side === "left") {
    if (lock.status === 401) return answered(notionFaults["401"]);
    if (lock.status === 403) return answered(notionFaults["403 block limit"]);
    return {
      status: 404,
      body: {
        object: "error",
        status: 404,
        code: "object_not_found",
        message: "Could not find the thing. Make sure it is shared with your integration.",
        request_id: "00000000-0000-4000-8000-000000000404",
      },
    };
  }
  const refused = { 401: unauthenticated, 403: forbidden, 404: notFound }[lock.status]();
  return { status: refused.status, body: refused.body };
}

interface Struck {
  /** Done before the fault is felt. */
  readonly isDone: boolean;
  readonly answer: SandboxAnswer | null;
  readonly waitMs: number;
}

/** What a fault makes of a call; null where it does not apply to this kind of call. */
function strike(side: Side, request: SandboxRequest, fault: FaultKind): Struck | null {
  const isLeft = side === "left";
  const after = (answer: SandboxAnswer): Struck => ({ isDone: true, answer, waitMs: 0 });
  const before = (answer: SandboxAnswer): Struck => ({ isDone: false, answer, waitMs: 0 });
  const airtable = (fault: ReturnType<typeof serverErrorFault>): SandboxAnswer => answered(fault);
  switch (fault) {
    case "refused":
      return { isDone: false, answer: null, waitMs: 0 };
    case "lost-before":
      return { isDone: false, answer: null, waitMs: 20_000 };
    case "lost-after":
      return { isDone: true, answer: null, waitMs: 5_000 };
    case "500-before":
      return before(isLeft ? answered(notionFaults["500"]) : airtable(serverErrorFault("before")));
    case "500-after":
      return after(
        isLeft ? answered(notionFaults["500 after commit"]) : airtable(serverErrorFault("after")),
      );
    case "502-after":
      return after(
        isLeft
          ? answered(notionFaults["502 html after commit"])
          : airtable(badGatewayFault("after")),
      );
    case "503":
      return isLeft ? before(answered(notionFaults["503"])) : null;
    case "504-after":
      return isLeft ? after(answered(notionFaults["504 after commit"])) : null;
    case "429":
      return before(isLeft ? answered(rateLimitFault(7)) : answered(slowDown));
    case "409":
      return isLeft ? before(answered(notionFaults["409"])) : null;
    case "529":
      return isLeft ? before(answered(notionFaults["529"])) : null;
    case "iterator":
      return !isLeft && request.query.has("offset") ? before(answered(iteratorLossFault)) : null;
    case "late":
    case "503-committed":
    case "truncated":
    case "empty":
    case "slow":
    case "overlap":
      return null;
  }
}

/** The looks of this moment, for a call that takes effect later. */
function looksOf({ ghost }: World): Looks {
  const rows = [...ghost.rows("left"), ...ghost.rows("right")];
  return new Map(rows.map((row) => [row.id, row.look]));
}

function goLate(
  state: DoorState,
  at: { side: Side; request: SandboxRequest },
  delayMs: number,
): void {
  const { world } = state;
  const looks = looksOf(world);
  const { creatingFor, undoing } = world;
  world.late.push({
    atMs: world.nowMs() + delayMs,
    land: () => {
      world.tell(() => `a call that was given up takes effect: ${opOf(at.side, at.request)}`);
      carryOut(state, { ...at, looks, creatingFor, undoing });
    },
  });
}

/** One call of one of the clients, from the wire and back. Throws when the line breaks. */
export async function throughDoor(
  state: DoorState,
  side: Side,
  asked: DoorRequest,
): Promise<DoorAnswer> {
  const { world, life } = state;
  if (life.isOver) return never;
  const request = withPages(
    side,
    {
      method: asked.method,
      path: asked.url.pathname,
      query: asked.url.searchParams,
      headers: asked.headers,
      body: asked.body,
    },
    world.setting.pageSize,
  );
  const op = opOf(side, request);
  world.tally.add("calls", op);
  const isSecondLook = op === "airtable schema" && !state.lastOp.endsWith("schema");
  state.lastOp = op;
  // Not counted where the history was drawn before there was such a call: all others keep their places.
  const isCounted = !isSecondLook || world.isSequel;
  if (isCounted) state.calls += 1;
  const call = state.calls;
  if (isWrite(request)) state.writes += 1;
  const here = isCounted ? state.disturbances.filter((entry) => isHere(state, request, entry)) : [];
  world.tell(() => `call ${call}: ${op} ${request.body.slice(0, 300)}`);
  for (const entry of here) {
    if (entry.kind === "clock") {
      world.skewMs += entry.byMs;
      world.tell(() => `our clock jumps by ${entry.byMs / 1_000} s`);
    }
    if (entry.kind === "locked-out") {
      state.lockedOut = { side: entry.side, status: entry.status, left: entry.calls };
    }
  }
  world.pass(world.setting.latencyMs);
  act(state, here, "before");
  if (dies(state, here, { when: "before", op })) return never;
  const answer = await meet(state, here, { side, request, op });
  if (life.isOver || dies(state, here, { when: "after", op })) return never;
  return answer;
}

function isHere(state: DoorState, request: SandboxRequest, entry: Disturbance): boolean {
  if (entry.kind === "crash-store") return false;
  if (entry.of === "calls") return entry.call === state.calls;
  return isWrite(request) && entry.call === state.writes;
}

function act(state: DoorState, here: readonly Disturbance[], when: "before" | "after"): void {
  for (const entry of here) {
    if (entry.kind !== "act" || entry.when !== when) continue;
    perform(state.world, state.lens, entry.act);
  }
}

function dies(
  state: DoorState,
  here: readonly Disturbance[],
  at: { when: "before" | "after"; op: string },
): boolean {
  const found = here.some((entry) => entry.kind === "crash" && entry.when === at.when);
  if (!found) return false;
  state.world.tally.add("crash", `${at.op}, ${at.when === "before" ? "not sent" : "done"}`);
  state.life.end(at.when === "before" ? "before the call was sent" : "before its answer came");
  return true;
}

async function meet(
  state: DoorState,
  here: readonly Disturbance[],
  at: { side: Side; request: SandboxRequest; op: string },
): Promise<DoorAnswer> {
  const { world } = state;
  const { side, request, op } = at;
  const lock = lockedOut(state, side);
  if (lock !== null) {
    world.tally.add("fault", `${op} × locked out`);
    world.tell(() => `  refused with ${lock.status}`);
    return answerText(world, lock);
  }
  const fault = here.find((entry) => entry.kind === "fault") ?? null;
  const struck = fault?.kind === "fault" ? strike(side, request, fault.fault) : null;
  if (fault?.kind === "fault" && struck !== null) {
    world.tally.add("fault", `${op} × ${fault.fault}`);
    world.tell(() => `  meets ${fault.fault}`);
    if (struck.isDone) carryOut(state, { side, request, looks: null });
    world.pass(world.setting.latencyMs + struck.waitMs);
    act(state, here, "after");
    if (struck.answer === null) throw new Lost("the line broke");
    return answerText(world, struck.answer);
  }
  if (fault?.kind === "fault" && fault.fault === "late" && isWrite(request)) {
    world.tally.add("fault", `${op} × late`);
    world.tell(() => `  is given up, and takes effect ${fault.delayMs / 1_000} s later`);
    goLate(state, { side, request }, fault.delayMs);
    world.pass(fault.heldMs ?? Math.min(70_000, fault.delayMs + 5_000 * (fault.delayMs % 3)));
    act(state, here, "after");
    throw new Lost("the line broke");
  }
  return plainly(state, here, { ...at, askedMs: world.nowMs() });
}

async function plainly(
  state: DoorState,
  here: readonly Disturbance[],
  at: { side: Side; request: SandboxRequest; op: string; askedMs: number },
): Promise<DoorAnswer> {
  const { world, lens } = state;
  const { side, request, op, askedMs } = at;
  const entry = here.find((entry) => entry.kind === "fault");
  const fault = entry?.kind === "fault" ? entry.fault : null;
  const isList = !isWrite(request);
  if (fault === "overlap" && op === "notion list") {
    world.services.notion.admin.setPageOverlap(1);
    world.tally.add("fault", `${op} × overlap`);
  }
  if (fault === "503-committed" && op === "notion create") {
    world.services.notion.admin.commitThenFail(1);
    world.tally.add("fault", `${op} × 503-committed`);
  }
  const answer = carryOut(state, { side, request, looks: null });
  world.services.notion.admin.setPageOverlap(0);
  const stale = here.find((one) => one.kind === "stale");
  const lagMs = stale?.kind === "stale" && lens !== null && isList ? stale.lagMs : 0;
  let body = answer.body;
  if (lagMs > 0 && answer.status === 200) {
    body = lens?.blur({ side, request, body }, lagMs) ?? body;
    world.tally.add("fault", `${op} × stale`);
    world.tell(() => `  shows the state of ${lagMs / 1_000} s ago`);
  }
  if (fault === "slow") world.tally.add("fault", `${op} × slow`);
  world.pass(world.setting.latencyMs + (fault === "slow" ? 25_000 : 0));
  act(state, here, "after");
  const full = answerText(world, { ...answer, body });
  world.tell(() => `  answer ${full.status} ${full.text.slice(0, 160)}`);
  if (fault === "truncated" || fault === "empty") {
    world.tally.add("fault", `${op} × ${fault}`);
    world.tell(() => `  meets ${fault}`);
    return { ...full, text: fault === "empty" ? "" : full.text.slice(0, full.text.length / 2) };
  }
  if (full.status === 200 && isList)
    noteLook(state, { side, request, body: full.text, askedMs, lagMs });
  return full;
}
