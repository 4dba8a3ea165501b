// Reads the config: file, environment, schema, rules, in that order, and gives back either a complete
// typed config or every problem of the file at once.
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { must } from "../core/assert.ts";
import type { PairId } from "../core/ids.ts";
import type { PairPolicy } from "../core/policy.ts";
import { SyncError } from "../errors.ts";
import { loadEnvironment, type Environment } from "./environment.ts";
import type { ConfigFile, PairFile, ServiceFile } from "./file.ts";
import { problemsFrom } from "./issue.ts";
import { pairSchema } from "./pair-schema.ts";
import { pairPolicy } from "./policy.ts";
import { configError, hasErrors, inFileOrder, pathText, type ConfigProblem } from "./problem.ts";
import { missingServices } from "./rules/needs.ts";
import { checkPair, checkRules, type Finding } from "./rules.ts";
import type { FileFacts } from "./rules/whole-file.ts";
import { configSchema } from "./schema.ts";
import { parseStoreUrl } from "./store-url.ts";
import { makeWorkerConfig, type WorkerConfig } from "./worker.ts";
import { parseYaml, type ParsedYaml } from "./yaml.ts";

/** How to reach a service. */
export interface ServiceConfig {
  readonly token: string;
  /** Without a trailing slash or version; null for the real API. */
  readonly baseUrl: string | null;
  /** Left out: what every plan has. */
  readonly requestsPerMinute?: number;
}

export interface NotionTarget extends ServiceConfig {
  /** Address, database id or data source id, as the config has it. */
  readonly database: string;
}

export interface AirtableTarget extends ServiceConfig {
  readonly base: string;
  readonly table: string;
}

export interface PairConfig {
  readonly id: PairId;
  /** Cron expression; null when only the command line runs the pair. */
  readonly schedule: string | null;
  readonly policy: PairPolicy;
  readonly notion: NotionTarget;
  readonly airtable: AirtableTarget;
}

export interface Config {
  /** The file it was read from, whole. */
  readonly file: string;
  /** Whole paths, or `:memory:`. */
  readonly storePath: string;
  readonly historyPath: string;
  readonly pairs: readonly PairConfig[];
  readonly workers: readonly WorkerConfig[];
  /** Null when the file has no such section: then nothing of it uses the service. */
  readonly services: {
    readonly notion: ServiceConfig | null;
    readonly airtable: ServiceConfig | null;
  };
  /** Where `serve` listens. */
  readonly serve: { readonly host: string; readonly port: number };
  /** The variables in force, those of the `.env` beside the file included. */
  readonly environment: Environment;
  /** Worth a look; they keep nothing from running. */
  readonly warnings: readonly ConfigProblem[];
}

export interface LoadOptions {
  /** As given on the command line; relative to `directory`. */
  readonly file: string;
  /** The working directory: the file's own relative paths count from it too. */
  readonly directory: string;
  readonly environment: Environment;
}

export type LoadResult =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "problems"; readonly problems: readonly ConfigProblem[] };

/** Throws `config_invalid` when the file cannot be read or is not valid. */
export function loadConfig(options: LoadOptions): Config {
  const result = readConfig(options);
  if (result.kind === "config") return result.config;
  const whole = resolve(options.directory, options.file);
  const short = relative(options.directory, whole);
  throw configError(short.startsWith("..") ? whole : short, result.problems);
}

/** Throws `config_invalid` only when the file cannot be read. */
export function readConfig(options: LoadOptions): LoadResult {
  const file = resolve(options.directory, options.file);
  const source = readSource(file, options.file);
  const environment = loadEnvironment(file, options.environment);
  const yaml = parseYaml(source, environment);
  const problems: ConfigProblem[] = [...yaml.problems];
  if (yaml.problems.some((problem) => problem.path === "")) return { kind: "problems", problems };
  const parsed = configSchema.safeParse(yaml.value ?? undefined, { reportInput: true });
  if (!parsed.success) {
    problems.push(...problemsFrom(parsed.error.issues, yaml), ...validPairs(yaml));
    problems.push(...placed(missingServices(yaml.value), yaml));
    return { kind: "problems", problems: withoutEchoes(inFileOrder(problems)) };
  }
  const facts: FileFacts = { isFromEnvironment: (path) => yaml.isFromEnvironment(path) };
  problems.push(
    ...placed([...missingServices(yaml.value), ...checkRules(parsed.data, facts)], yaml),
  );
  if (hasErrors(problems)) {
    return { kind: "problems", problems: withoutEchoes(inFileOrder(problems)) };
  }
  const warnings = inFileOrder(problems);
  return {
    kind: "config",
    config: makeConfig(parsed.data, { file, environment, warnings, directory: options.directory }),
  };
}

function readSource(file: string, given: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new SyncError({
      code: "config_invalid",
      message:
        code === "ENOENT"
          ? `There is no config at ${given} (${file}).`
          : `The config at ${given} cannot be read (${code}).`,
      remedy: "Name it with --config FILE, or start from the example config/product-ops.yaml.",
      cause: error,
    });
  }
}

/** An unset variable leaves a text empty: one slip, one problem. */
function withoutEchoes(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const first = new Map<string, ConfigProblem>();
  for (const problem of problems) {
    const key = problem.path;
    const isEcho = first.get(key)?.message.startsWith("The environment variable") === true;
    if (!isEcho) first.set(key, problem);
  }
  return problems.filter((problem) => {
    const kept = first.get(problem.path);
    return kept === problem || kept?.message.startsWith("The environment variable") !== true;
  });
}

/** The rules of those pairs that are valid by themselves, in a file that is not. */
function validPairs(yaml: ParsedYaml): readonly ConfigProblem[] {
  const { value } = yaml;
  if (typeof value !== "object" || value === null || !("pairs" in value)) return [];
  const found = Object.entries(value.pairs ?? {}).flatMap(([name, content]) => {
    const pair = pairSchema.safeParse(content);
    return pair.success ? checkPair(name, pair.data) : [];
  });
  return placed(found, yaml);
}

function placed(findings: readonly Finding[], yaml: ParsedYaml): readonly ConfigProblem[] {
  return findings.map((found): ConfigProblem => {
    const place = yaml.placeOf(found.path);
    return {
      level: found.level,
      path: pathText(found.path),
      line: place?.line ?? null,
      column: place?.column ?? null,
      message: found.message,
      remedy: found.remedy,
    };
  });
}

interface Surroundings {
  readonly file: string;
  readonly directory: string;
  readonly environment: Environment;
  readonly warnings: readonly ConfigProblem[];
}

function makeConfig(file: ConfigFile, around: Surroundings): Config {
  const store = parseStoreUrl(file.store);
  const path = store.kind === "sqlite" ? store.path : ":memory:";
  const notion = serviceOf(file.notion, "NOTION_API_BASE_URL", around);
  const airtable = serviceOf(file.airtable, "AIRTABLE_ENDPOINT_URL", around);
  const makePair = ([name, pair]: readonly [string, PairFile]): PairConfig => {
    const policy = pairPolicy(name, pair);
    return {
      id: policy.id,
      schedule: pair.schedule ?? null,
      policy,
      notion: { ...must(notion, "a pair without Notion"), ...pair.notion },
      airtable: { ...must(airtable, "a pair without Airtable"), ...pair.airtable },
    };
  };
  return {
    file: around.file,
    storePath: path === ":memory:" ? path : resolve(around.directory, path),
    historyPath: resolve(around.directory, file.history),
    pairs: Object.entries(file.pairs).map(makePair),
    workers: Object.entries(file.workers).map(([name, worker]) =>
      makeWorkerConfig(name, worker, around),
    ),
    services: { notion, airtable },
    serve: file.serve,
    environment: around.environment,
    warnings: around.warnings,
  };
}

function serviceOf(
  service: ServiceFile | undefined,
  variable: string,
  around: Surroundings,
): ServiceConfig | null {
  if (service === undefined) return null;
  const { token, requestsPerMinute } = service;
  return {
    token,
    baseUrl: baseUrl(service.baseUrl, variable, around),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
  };
}

/** The clients add the version themselves, and a doubled slash is another path to a service. */
function baseUrl(given: string | undefined, variable: string, around: Surroundings): string | null {
  const trimmed = (given ?? around.environment[variable] ?? "")
    .trim()
    .replace(/\/+$/u, "")
    .replace(/\/v[01]$/u, "")
    .replace(/\/+$/u, "");
  if (trimmed === "") return null;
  if (/^https?:\/\//iu.test(trimmed) && URL.canParse(trimmed)) return trimmed;
  const where = given === undefined ? `The environment variable ${variable}` : "A baseUrl";
  throw new SyncError({
    code: "config_invalid",
    message: `${where} is no web address.`,
    remedy: `Write it whole, such as http://localhost:3000, or leave it out to reach the real service.`,
  });
}
