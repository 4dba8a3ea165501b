// A local Airtable: the record and metadata API in memory, good enough for the published npm client.
//
// `startAirtableSandbox` serves it over HTTP on loopback; `makeAirtableSandbox` is the same service as a
// plain function, for simulations. Left out so far: webhooks, comments, attachment upload and content.
import { makeSandboxClock, type SandboxClock } from "../clock.ts";
import { makeFaultPlan, type FaultPlan } from "../fault.ts";
import { serve } from "../serve.ts";
import type { LoggedRequest, SandboxService } from "../wire.ts";
import { allScopes } from "./access.ts";
import { makeRowAdmin, type RowAdmin } from "./admin/rows.ts";
import { makeSchemaAdmin, type SchemaAdmin } from "./admin/schema.ts";
import { makeTokenAdmin, type TokenAdmin } from "./admin/token.ts";
import { makeChance, type Chance } from "./chance.ts";
import { makeLimiter, type RateLimit } from "./limiter.ts";
import { makeIteratorShelf } from "./list/iterator.ts";
import type { RowOrder } from "./list/order.ts";
import { makeService } from "./service.ts";
import type { Dialect, Person, World } from "./world.ts";

export interface AirtableSandboxOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  readonly token?: string;
  readonly clock?: SandboxClock;
  /** Source of ids in place of a seeded one. */
  readonly chance?: Chance;
  /** Seed of all ids and accidents; 1 by default. */
  readonly seed?: number;
  /** Budget of a base; five requests in 1,000 ms and 30,000 ms of lock-out by default, `null` for none. */
  readonly rateLimit?: RateLimit | null;
  /** Order of rows where the request asks for none; by id by default. */
  readonly order?: RowOrder;
  /** Idle time after which a listing is lost; 300,000 ms by default. */
  readonly iteratorIdleMs?: number;
  /** How long a new attachment shows neither size nor type; 2,000 ms by default. */
  readonly attachmentDelayMs?: number;
  /** Whether a write of equal values counts as an edit; it does by default, the worse case for a reader. */
  readonly doesEqualWriteTouch?: boolean;
  /** `2022` speaks as recorded then: 404 where 403 is answered now, `createdTime` after `fields`. */
  readonly dialect?: Dialect;
  readonly owner?: Person;
  /** Start of attachment URLs. */
  readonly contentUrl?: string;
}

/** The side door: people and the owner in the app, and operators of the service. */
export interface AirtableAdmin extends SchemaAdmin, RowAdmin, TokenAdmin {}

/** A sandbox without HTTP. */
export interface AirtableSandboxCore {
  readonly token: string;
  readonly clock: SandboxClock;
  readonly admin: AirtableAdmin;
  readonly service: SandboxService;
}

export interface AirtableSandbox extends AirtableSandboxCore {
  /** Endpoint without a trailing slash, for `endpointUrl` or `AIRTABLE_ENDPOINT_URL`. */
  readonly url: string;
  readonly faults: FaultPlan;
  readonly log: LoggedRequest[];
  close(): Promise<void>;
}

const defaultRateLimit: RateLimit = { requests: 5, windowMs: 1000, lockoutMs: 30_000 };
const defaultIdleMs = 300_000;
const defaultAttachmentDelayMs = 2000;

/** The service as a function, deterministic given its clock and seed. */
export function makeAirtableSandbox(options: AirtableSandboxOptions = {}): AirtableSandboxCore {
  const clock = options.clock ?? makeSandboxClock();
  const world = makeWorld(options, clock);
  const shelf = makeIteratorShelf({
    chance: makeChance((options.seed ?? 1) ^ 0x17e7a70),
    idleMs: options.iteratorIdleMs ?? defaultIdleMs,
    nowMs: () => clock.nowMs(),
  });
  const limit = options.rateLimit === undefined ? defaultRateLimit : options.rateLimit;
  const desk = { world, shelf, order: options.order ?? "id" };
  return {
    token: world.grant.token,
    clock,
    admin: { ...makeSchemaAdmin(world), ...makeRowAdmin(world), ...makeTokenAdmin(world, shelf) },
    service: makeService(
      desk,
      makeLimiter(limit, () => clock.nowMs()),
    ),
  };
}

/** The service on a loopback port. Close it when done. */
export async function startAirtableSandbox(
  options: AirtableSandboxOptions = {},
): Promise<AirtableSandbox> {
  const core = makeAirtableSandbox(options);
  const faults = makeFaultPlan();
  const log: LoggedRequest[] = [];
  const { service, clock } = core;
  const served = await serve({ service, faults, clock, log, port: options.port ?? 0 });
  return { ...core, url: served.url, faults, log, close: () => served.close() };
}

function makeWorld(options: AirtableSandboxOptions, clock: SandboxClock): World {
  const chance = options.chance ?? makeChance(options.seed ?? 1);
  const owner = options.owner ?? {
    id: chance.id("usr"),
    email: "owner@sandbox.example",
    name: "Sandbox Owner",
  };
  let seq = 0;
  return {
    chance,
    grant: {
      token: options.token ?? "patSandbox0000000.sandbox",
      owner,
      isRevoked: false,
      scopes: new Set(allScopes),
      lostBaseIds: new Set(),
    },
    dialect: options.dialect ?? "2026",
    bases: [],
    doesEqualWriteTouch: options.doesEqualWriteTouch ?? true,
    attachmentDelayMs: options.attachmentDelayMs ?? defaultAttachmentDelayMs,
    contentUrl: options.contentUrl ?? "https://v5.airtableusercontent.com",
    nowMs: () => clock.nowMs(),
    nextSeq: () => {
      seq += 1;
      return seq;
    },
  };
}
