// A local Notion: the world, its API as a function, the side door, and the HTTP front.
//
// `makeNotionSandbox` has no sockets and is deterministic given its clock and seed; `startNotionSandbox`
// puts it behind a loopback port that the official client can be pointed at.
import { makeSandboxClock, type SandboxClock } from "../clock.ts";
import { makeFaultPlan, type FaultPlan } from "../fault.ts";
import { serve } from "../serve.ts";
import type { LoggedRequest, SandboxService } from "../wire.ts";
import { makeAdmin, type NotionAdmin } from "./admin.ts";
import { makeIdSource } from "./ids.ts";
import { makeLimiter, type RateLimit } from "./limiter.ts";
import { makeQueryIndex } from "./query-index.ts";
import type { QueryDesk } from "./query.ts";
import { makeService } from "./service.ts";
import { makeWorld, type WorkspacePerson } from "./make-world.ts";

export interface NotionSandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly token?: string;
  readonly clock?: SandboxClock;
  /** Same seed, same history: same ids. Default 1. */
  readonly seed?: number;
  /** Default 180 requests in 60 s, the budget of most plans; `null` lifts it. */
  readonly rateLimit?: RateLimit | null;
  /** Rows one query may reach before it is cut off as incomplete. Default 10,000. */
  readonly queryRowsMax?: number;
  /** How long queries do not see a change. Default 0. */
  readonly queryLagMs?: number;
  /** How long a search does not find a new page or data source. Default 0. */
  readonly searchLagMs?: number;
  readonly workspaceName?: string;
  readonly integrationName?: string;
  /** The person who owns the workspace, and does what the side door does. */
  readonly person?: WorkspacePerson;
}

export interface NotionWorkshop {
  readonly service: SandboxService;
  readonly admin: NotionAdmin;
  readonly clock: SandboxClock;
  readonly token: string;
}

export interface NotionSandbox extends NotionWorkshop {
  /** Base URL without a trailing slash: the client's `baseUrl`. */
  readonly url: string;
  readonly faults: FaultPlan;
  readonly log: LoggedRequest[];
  close(): Promise<void>;
}

const defaultRateLimit: RateLimit = { requests: 180, windowMs: 60_000 };
const defaultQueryRowsMax = 10_000;
const defaultToken = "ntn_sandbox";

/** The sandbox without HTTP: a service function and its side door. */
export function makeNotionSandbox(options: NotionSandboxOptions = {}): NotionWorkshop {
  const clock = options.clock ?? makeSandboxClock();
  const world = makeWorld({
    clock,
    ids: makeIdSource(options.seed ?? 1),
    workspaceName: options.workspaceName ?? "Sandbox",
    integrationName: options.integrationName ?? "Tandem",
    searchLagMs: options.searchLagMs ?? 0,
    person: options.person ?? { name: "Ada Sandbox", email: "ada@example.com" },
  });
  const index = makeQueryIndex(world, options.queryLagMs ?? 0);
  world.onPageChange = (page) => {
    index.note(page);
  };
  index.setLag(options.queryLagMs ?? 0);
  const desk: QueryDesk = {
    index,
    sessions: new Map(),
    rowsMax: options.queryRowsMax ?? defaultQueryRowsMax,
    overlapRows: 0,
  };
  const limit = options.rateLimit === undefined ? defaultRateLimit : options.rateLimit;
  const limiter = makeLimiter(clock, limit);
  let token = options.token ?? defaultToken;
  let commitFailures = 0;
  const admin = makeAdmin({
    world,
    desk,
    limiter,
    setToken: (next) => {
      token = next;
    },
    setCommitFailures: (times) => {
      commitFailures = times;
    },
  });
  const takeCommitFailure = (): boolean => {
    if (commitFailures === 0) return false;
    commitFailures -= 1;
    return true;
  };
  const service = makeService({ world, desk, limiter, token: () => token, takeCommitFailure });
  return { service, admin, clock, token };
}

/** Starts the sandbox on a loopback port. */
export async function startNotionSandbox(
  options: NotionSandboxOptions = {},
): Promise<NotionSandbox> {
  const workshop = makeNotionSandbox(options);
  const faults = makeFaultPlan();
  const log: LoggedRequest[] = [];
  const served = await serve({
    service: workshop.service,
    faults,
    clock: workshop.clock,
    log,
    port: options.port ?? 0,
  });
  workshop.admin.setBaseUrl(served.url);
  return { ...workshop, url: served.url, faults, log, close: () => served.close() };
}
