// The environment a worker's code sees, made from a list of what may pass: what any Node program needs,
// the worker's own `.env`, and what it or the config names. Our own tokens are not on the list; which
// of the values are secrets is told along, so that they can be masked wherever text is kept.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { SyncError } from "../errors.ts";

export interface WorkerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Values to mask in logs, errors and run records. */
  readonly secrets: readonly string[];
}

export interface EnvironmentOptions {
  /** The worker's project. */
  readonly folder: string;
  /** Another file in place of the project's `.env`; then it must be there. */
  readonly envFile: string | null;
  /** Our own environment. */
  readonly real: Readonly<Record<string, string | undefined>>;
  /** Config `env:`: names to hand on, or values by name, their references already filled in. */
  readonly env: readonly string[] | Readonly<Record<string, string>>;
  /** Where `context.notion` calls, when it is not the real API. */
  readonly notionBaseUrl: string | null;
}

/** What a Node program needs to run and to reach the network. None of it is a secret. */
const runtimeNames: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "LANG",
  "NODE_OPTIONS",
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_ENV_PROXY",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
]);

const publicNames: ReadonlySet<string> = new Set([...runtimeNames, "NOTION_API_BASE_URL"]);

/** Tandem's own keys to both services: a worker gets them only where the config says so by name. */
const ownNames: ReadonlySet<string> = new Set(["NOTION_TOKEN", "AIRTABLE_TOKEN"]);

/**
 * Later layers win: the runtime's variables, the worker's `.env`, our own where the worker's
 * `.env.example` or the config names them, the base address, and values from the config. Throws
 * `config_invalid` when a file that was named is not there.
 */
export function makeEnvironment(options: EnvironmentOptions): WorkerEnvironment {
  const { real } = options;
  const own = readEnvFile(
    options.envFile ?? join(options.folder, ".env"),
    options.envFile !== null,
  );
  const wished = Object.keys(readEnvFile(join(options.folder, ".env.example"), false));
  const isNames = Array.isArray(options.env);
  const named: readonly string[] = isNames ? options.env : [];
  const handed = pick(real, [...wished.filter((name) => !ownNames.has(name)), ...named]);
  const given = isNames ? {} : Object.fromEntries(Object.entries(options.env));
  const runtime = pick(
    real,
    Object.keys(real).filter((name) => runtimeNames.has(name) || name.startsWith("LC_")),
  );
  const base = options.notionBaseUrl === null ? {} : { NOTION_API_BASE_URL: options.notionBaseUrl };
  const told = { ...own, ...handed, ...given };
  const secrets = [
    ...Object.entries(told).flatMap(([name, content]) => (publicNames.has(name) ? [] : [content])),
    // The address of a proxy may carry a password.
    ...Object.values(runtime).filter((content) => /:\/\/[^/]*@/u.test(content)),
  ];
  return { variables: { ...runtime, ...own, ...handed, ...base, ...given }, secrets };
}

function pick(
  from: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const content = from[name];
      return content === undefined ? [] : [[name, content]];
    }),
  );
}

function readEnvFile(file: string, isRequired: boolean): Record<string, string> {
  try {
    const parsed = parseEnv(readFileSync(file, "utf8"));
    return pick(parsed, Object.keys(parsed));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && !isRequired) return {};
    throw new SyncError({
      code: "config_invalid",
      message: `The worker's environment file ${file} cannot be read.`,
      remedy: "Correct `envFile` in the config, or the file's permissions.",
      cause: error,
    });
  }
}
