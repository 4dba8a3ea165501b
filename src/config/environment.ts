// The environment as the config sees it: the process's own variables, and behind them those of a
// `.env` file beside the config. References are put in after YAML is parsed, so that no value can
// change the shape of the file.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables in force. The real environment wins over the file. */
export function loadEnvironment(configFile: string, real: Environment): Environment {
  return { ...readEnvFile(join(dirname(configFile), ".env")), ...withoutUndefined(real) };
}

function readEnvFile(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

function withoutUndefined(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, content]) => content !== undefined),
  );
}

export interface Filled {
  readonly text: string;
  /** Variables that are not set and have no default; their references stay in the text. */
  readonly missing: readonly string[];
  /** Text between `${` and `}` that is no reference. */
  readonly malformed: readonly string[];
  readonly hasReference: boolean;
  /** The text was one reference and nothing else. */
  readonly isWhole: boolean;
}

const reference = /\$(?<escape>\$)?\{(?<inner>[^}]*)\}/gu;
const shape = /^(?<name>[A-Za-z_]\w*)(?::-(?<fallback>.*))?$/su;

/**
 * Puts `${NAME}` and `${NAME:-default}` in; the default also stands in for an empty variable.
 * `$${` stands for `${` itself.
 */
export function fillIn(content: string, environment: Environment): Filled {
  const missing: string[] = [];
  const malformed: string[] = [];
  let references = 0;
  const text = content.replace(reference, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as { readonly escape?: string; readonly inner: string };
    if (groups.escape !== undefined) return whole.slice(1);
    references += 1;
    const parts = shape.exec(groups.inner)?.groups;
    const name = parts?.["name"];
    if (name === undefined) {
      malformed.push(groups.inner);
      return "";
    }
    const present = environment[name];
    const fallback = parts?.["fallback"];
    if (present !== undefined && (present !== "" || fallback === undefined)) return present;
    if (fallback !== undefined) return fallback;
    missing.push(name);
    return whole;
  });
  const isWhole = references === 1 && /^\$\{[^}]*\}$/u.test(content);
  return { text, missing, malformed, hasReference: references > 0, isWhole };
}
