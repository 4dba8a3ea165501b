// `tandem sandbox`: local servers that speak the two services' wire formats, with a product team's
// tables in them. They live as long as the command.
import { writeFileSync } from "node:fs";
import { SyncError } from "../../errors.ts";
import { makeSandboxClock } from "../../sandbox/clock.ts";
import {
  startProductOps,
  type ProductOps,
  type ProductOpsOptions,
} from "../../sandbox/product-ops.ts";
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";

export interface SandboxOptions {
  readonly rows: number;
  readonly configFile: string | null;
  /** 0 takes any free port. */
  readonly ports: { readonly notion: number; readonly airtable: number };
}

/** The making of the rows takes a minute each on the services' clock, which ends at the present. */
const rowMs = 60_000;
const restMs = 600_000;

export async function run(io: Io, options: SandboxOptions): Promise<number> {
  const { rows, ports } = options;
  const clock = makeSandboxClock(Date.now() - rows * rowMs - restMs);
  const world = await start({ specCount: rows, ports, clock });
  try {
    if (options.configFile !== null) {
      writeFileSync(options.configFile, world.config(), { mode: 0o600 });
    }
    io.json(facts(world, options.configFile));
    io.line(text(world, options.configFile, io));
    await aborted(io.signal);
  } finally {
    await world.close();
  }
  return exitCodes.ok;
}

async function start(options: ProductOpsOptions): Promise<ProductOps> {
  try {
    return await startProductOps(options);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!isTaken) throw error;
    throw new SyncError({
      code: "usage",
      message: `A port is taken (${error.message}).`,
      remedy: "Name another one, or none: then any free port is used.",
      cause: error,
    });
  }
}

function variables(world: ProductOps): Readonly<Record<string, string>> {
  return {
    NOTION_API_BASE_URL: world.notion.url,
    NOTION_TOKEN: world.notion.token,
    AIRTABLE_ENDPOINT_URL: world.airtable.url,
    AIRTABLE_TOKEN: world.airtable.token,
    NOTION_DATABASE: world.databaseId,
    NOTION_PARENT_PAGE: world.notion.admin.rootPageId,
    AIRTABLE_BASE: world.baseId,
  };
}

function facts(world: ProductOps, configFile: string | null): Readonly<Record<string, unknown>> {
  return { type: "sandbox", environment: variables(world), config: configFile };
}

function text(world: ProductOps, configFile: string | null, { colour }: Io): string {
  const exports = Object.entries(variables(world)).map(
    ([name, content]) => `export ${name}=${content}`,
  );
  const next =
    configFile === null
      ? "tandem plan --config config/product-ops.yaml"
      : `tandem plan --config ${configFile}`;
  return [
    colour.strong("A local Notion and a local Airtable are running. In another terminal:"),
    "",
    ...exports.map((line) => `  ${line}`),
    "",
    `  ${next}`,
    "",
    colour.faint("Ctrl-C stops both, and forgets everything in them."),
  ].join("\n");
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
