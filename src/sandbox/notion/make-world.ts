// A fresh workspace: the bot, one person, and a root page shared with the integration.
import type { SandboxClock } from "../clock.ts";
import type { IdSource } from "./ids.ts";
import { createPage } from "./page-store.ts";
import type { World } from "./world.ts";

export interface WorkspacePerson {
  readonly name: string;
  readonly email: string;
  /** Left out, answers do not mention it. */
  readonly isEmailVerified?: boolean;
}

interface WorldOptions {
  readonly clock: SandboxClock;
  readonly ids: IdSource;
  readonly workspaceName: string;
  readonly integrationName: string;
  readonly searchLagMs: number;
  readonly person: WorkspacePerson;
}

export function makeWorld(options: WorldOptions): World {
  const { clock, ids } = options;
  const world: World = {
    clock,
    ids,
    workspace: { id: ids.arbitrary(), name: options.workspaceName },
    integration: { id: ids.arbitrary(), name: options.integrationName },
    botId: ids.arbitrary(),
    capabilities: { read: true, insert: true, update: true, users: "email" },
    users: new Map(),
    pages: new Map(),
    databases: new Map(),
    dataSources: new Map(),
    blocks: new Map(),
    comments: new Map(),
    fileUploads: new Map(),
    tasks: new Map(),
    children: new Map(),
    unshared: new Set(),
    onPageChange: () => {},
    nextOrder: 1,
    searchLagMs: options.searchLagMs,
    baseUrl: "https://api.notion.com",
  };
  const person = ids.arbitrary();
  world.users.set(person, {
    id: person,
    kind: "person",
    name: options.person.name,
    email: options.person.email,
    isEmailVerified: options.person.isEmailVerified ?? null,
    isMember: true,
  });
  world.users.set(world.botId, {
    id: world.botId,
    kind: "bot",
    name: options.integrationName,
    email: null,
    isEmailVerified: null,
    isMember: true,
  });
  createPage(world, {
    parent: { kind: "workspace" },
    properties: { title: [{ text: { content: "Root" } }] },
    byId: person,
  });
  return world;
}
