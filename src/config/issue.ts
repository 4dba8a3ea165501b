// Turns what the schema found into problems a person can act on: where, what, and what to do.
import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { pathText, type ConfigPath, type ConfigProblem } from "./problem.ts";
import { keysAt } from "./known-keys.ts";
import type { ParsedYaml } from "./yaml.ts";

type Issue = z.core.$ZodIssue;

interface Said {
  readonly message: string;
  readonly remedy: string;
}

/** All problems behind the schema's issues. A key that is unknown gives one problem each. */
export function problemsFrom(issues: readonly Issue[], yaml: ParsedYaml): readonly ConfigProblem[] {
  return issues.flatMap((issue) => flatten(issue, [])).flatMap((issue) => problem(issue, yaml));
}

/** A union's issue, replaced by those of the branch that was most likely meant. */
function flatten(issue: Issue, above: ConfigPath): readonly Issue[] {
  const path = [...above, ...(issue.path as ConfigPath)];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
  const isInside = (branch: readonly Issue[]): boolean =>
    branch.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys");
  const meant = issue.errors.find(isInside);
  if (meant !== undefined) return meant.flatMap((inner) => flatten(inner, path));
  const values = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === "invalid_value" ? inner.values : []));
  if (values.length > 0) {
    return [{ ...issue, code: "invalid_value", values, path, message: issue.message }];
  }
  return (issue.errors[0] ?? []).flatMap((inner) => flatten(inner, path));
}

function problem(issue: Issue, yaml: ParsedYaml): readonly ConfigProblem[] {
  const path = issue.path as ConfigPath;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const place = yaml.placeOf([...path, key], "key");
      return {
        level: "error",
        path: pathText([...path, key]),
        line: place?.line ?? null,
        column: place?.column ?? null,
        ...unknownKey(key, path),
      };
    });
  }
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  const part = isMissing || issue.code === "invalid_key" ? "key" : "value";
  const place = yaml.placeOf(path, part);
  return [
    {
      level: "error",
      path: pathText(path),
      line: place?.line ?? null,
      column: place?.column ?? null,
      ...say(issue, path),
    },
  ];
}

function unknownKey(key: string, path: ConfigPath): Said {
  const known = keysAt(path);
  const meant = nearest(key, known);
  return {
    message: `There is no setting "${key}" here.`,
    remedy: meant === null ? `Known here: ${known.join(", ")}.` : `Did you mean "${meant}"?`,
  };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
  record: "a group of settings",
};

function typeOf(input: unknown): string {
  if (input === null) return "empty";
  if (Array.isArray(input)) return "a list";
  return typeWords[typeof input] ?? typeof input;
}

function say(issue: Issue, path: ConfigPath): Said {
  const name = `"${String(path.at(-1) ?? "")}"`;
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue, path);
    case "invalid_value":
      return wrongValue(issue);
    case "too_small":
      if (issue.origin === "array") {
        return { message: `${name} has no entries.`, remedy: "Add at least one." };
      }
      if (issue.origin === "string") {
        return { message: `${name} is empty.`, remedy: emptyRemedy(path) };
      }
      return {
        message: `${name} must be ${issue.minimum} or more.`,
        remedy: "Correct the number.",
      };
    case "too_big":
      return {
        message: `${name} must be ${issue.maximum} or less.`,
        remedy: "Correct the number.",
      };
    case "invalid_key":
      return wrongName(name, path);
    case "invalid_format":
      return {
        message: `${name} is no address.`,
        remedy: "Write it whole, with http:// or https://.",
      };
    case "custom": {
      const remedy = issue.params?.["remedy"];
      const shown = typeof issue.input === "string" ? `"${issue.input}"` : name;
      return {
        message: `${shown} ${issue.message}.`,
        remedy: typeof remedy === "string" ? remedy : "Correct the value.",
      };
    }
    case "not_multiple_of":
    case "invalid_union":
    case "invalid_element":
    case "unrecognized_keys":
      return { message: `${name} is not valid here.`, remedy: "Correct the value." };
  }
}

function wrongName(name: string, path: ConfigPath): Said {
  if (path[0] === "workers" && path[2] === "env") {
    return {
      message: `${name} cannot be the name of a variable.`,
      remedy: "Use letters, digits and underscores, and no digit first.",
    };
  }
  return {
    message: `${name} cannot be the name of a ${path[0] === "workers" ? "worker" : "pair"}.`,
    remedy: "Use letters, digits, dots, dashes and underscores, up to 60 characters.",
  };
}

function emptyRemedy(path: ConfigPath): string {
  if (path.at(-1) === "token") return "Set the environment variable that it is taken from.";
  return "Fill it in, or take it out.";
}

function wrongType(issue: z.core.$ZodIssueInvalidType, path: ConfigPath): Said {
  const name = `"${String(path.at(-1) ?? "")}"`;
  const expected = typeWords[issue.expected] ?? issue.expected;
  if (path.length === 0) {
    return {
      message: "The file holds no settings.",
      remedy: "Begin with `version: 1`; config/product-ops.yaml is an example.",
    };
  }
  if (issue.input === undefined) {
    return { message: `${name} is missing.`, remedy: `Add it; it is ${expected}.` };
  }
  if (issue.input === null) {
    return { message: `${name} has no value.`, remedy: `Give it ${expected}, or take it out.` };
  }
  const isFraction = issue.expected === "int" && typeof issue.input === "number";
  const given = isFraction ? String(issue.input) : typeOf(issue.input);
  return {
    message: `${name} must be ${expected}, and is ${given}.`,
    remedy: "Correct the value.",
  };
}

function wrongValue(issue: z.core.$ZodIssueInvalidValue): Said {
  const known = issue.values.map(String);
  const name = `"${String(issue.path.at(-1) ?? "")}"`;
  const keys = keysAt(issue.path as ConfigPath);
  const group = keys.length === 0 ? "" : `, or a group of settings: { ${keys.join(", ")} }`;
  const remedy = `Use ${listWords(known)}${group}.`;
  if (issue.input === undefined) return { message: `${name} is missing.`, remedy };
  const isText = typeof issue.input === "string" || typeof issue.input === "number";
  if (!isText) return { message: `${name} cannot be ${typeOf(issue.input)}.`, remedy };
  const meant = known.length < 2 ? null : nearest(String(issue.input), known);
  return {
    message: `${name} cannot be "${String(issue.input)}".`,
    remedy: meant === null ? remedy : `${remedy} Did you mean "${meant}"?`,
  };
}

/** `a`, `a or b`, `a, b or c`. */
function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
