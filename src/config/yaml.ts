// YAML with places: the parsed value, and for each path in it the line and column it stands on.
// References to the environment are filled in here, where it is still known how a value was written.
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import { fillIn, type Environment } from "./environment.ts";
import { pathText, type ConfigPath, type ConfigProblem } from "./problem.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ParsedYaml {
  readonly value: unknown;
  /** Syntax errors, and references that lead nowhere. With a syntax error, `value` is null. */
  readonly problems: readonly ConfigProblem[];
  /** Where a path is, or the nearest thing above it that is there. `key`: the key, not its value. */
  placeOf(path: ConfigPath, part?: "key" | "value"): Place | null;
  /** Whether the scalar there took (part of) its text from the environment. */
  isFromEnvironment(path: ConfigPath): boolean;
}

export function parseYaml(source: string, environment: Environment): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const filled = new Set<Node>();
  const placeOf = (path: ConfigPath, part: "key" | "value" = "value"): Place | null => {
    const offset = offsetOf(document, path, part);
    return offset === null ? null : place(offset);
  };
  const isFromEnvironment = (path: ConfigPath): boolean => {
    const node = document.getIn(path, true);
    return isNode(node) && filled.has(node);
  };
  const syntax = document.errors.slice(0, 1).map((error): ConfigProblem => {
    const at = place(error.pos[0]);
    return {
      level: "error",
      path: "",
      line: at.line,
      column: at.column,
      message: `This is not valid YAML: ${firstLine(error.message)}.`,
      remedy:
        error.code === "DUPLICATE_KEY"
          ? "The same setting stands there twice; take one of the two out."
          : syntaxRemedy(source, at),
    };
  });
  if (syntax.length > 0) return { value: null, problems: syntax, placeOf, isFromEnvironment };
  const problems = fillReferences(document, environment, { filled, place });
  const read = readValue(document, place);
  if ("problem" in read)
    return { value: null, problems: [read.problem], placeOf, isFromEnvironment };
  return { value: read.value, problems, placeOf, isFromEnvironment };
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/[.:]$/u, "");
}

function syntaxRemedy(source: string, at: Place): string {
  const text = source.split("\n")[at.line - 1] ?? "";
  if (/\{[^"']*\$\{/u.test(text)) return 'Inside { } a reference must be quoted: "${NAME}".';
  if (text.includes("\t")) return "Indent with spaces; YAML refuses tabs.";
  if (/[:,[{]\s*@/u.test(text)) return 'A value that begins with @ must be quoted: "@url".';
  return "Compare the line with the ones around it; often it is indentation or a missing quote.";
}

/**
 * What the document holds. Names that stand for other parts of it are looked up only here: one may stand
 * for nothing, such as a text that begins with a star, or the file may repeat itself without end.
 */
function readValue(
  document: Document,
  place: (offset: number) => Place,
): { readonly value: unknown } | { readonly problem: ConfigProblem } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const offset = looseAlias(document);
    const at = offset === null ? null : place(offset);
    return {
      problem: {
        level: "error",
        path: "",
        line: at?.line ?? null,
        column: at?.column ?? null,
        message: `This is not valid YAML: ${firstLine(error.message)}.`,
        remedy:
          at === null
            ? "Write the settings out where they repeat each other."
            : 'A value that begins with * must be quoted: "*".',
      },
    };
  }
}

/** Where the first name stands that stands for nothing. */
function looseAlias(document: Document): number | null {
  let offset: number | null = null;
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return undefined;
      offset = node.range?.[0] ?? null;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Where a path begins in the source, going up until something is there. */
function offsetOf(document: Document, path: ConfigPath, part: "key" | "value"): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const here = path.slice(0, length);
    const key = here.at(-1);
    const parent = length === 1 ? document.contents : document.getIn(here.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(key),
      );
      const wantsKey = part === "key" || length < path.length || !isNode(pair?.value);
      const node = wantsKey ? pair?.key : pair?.value;
      if (isNode(node) && node.range) return node.range[0];
    }
    const node = document.getIn(here, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return null;
}

interface Filling {
  readonly filled: Set<Node>;
  readonly place: (offset: number) => Place;
}

function fillReferences(
  document: Document,
  environment: Environment,
  { filled, place }: Filling,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === "key" || typeof node.value !== "string") return;
      const result = fillIn(node.value, environment);
      if (!result.hasReference) {
        node.value = result.text;
        return;
      }
      filled.add(node);
      node.value = result.isWhole && node.type === "PLAIN" ? bare(result.text) : result.text;
      const at = node.range ? place(node.range[0]) : null;
      const report = (message: string, remedy: string): void => {
        problems.push({
          level: "error",
          path: pathText(pathOf(node, ancestors)),
          line: at?.line ?? null,
          column: at?.column ?? null,
          message,
          remedy,
        });
      };
      for (const name of result.missing) {
        report(
          `The environment variable ${name} is not set.`,
          `Set ${name}, put it in a .env file beside the config, or give a default: \${${name}:-…}.`,
        );
      }
      for (const inner of result.malformed) {
        report(
          `"\${${inner}}" is no reference to a variable.`,
          "Write ${NAME} or ${NAME:-default}; for the characters themselves write $${.",
        );
      }
    },
  });
  return problems;
}

/** An unquoted reference may stand for a number or a yes/no, as the value itself would. */
function bare(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}(?:\.\d{1,6})?$/u.test(text) ? Number(text) : text;
}

function pathOf(node: Scalar, ancestors: readonly unknown[]): ConfigPath {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, index) => {
    const child = ancestors[index + 1] ?? node;
    if (typeof ancestor !== "object" || ancestor === null) return;
    if ("key" in ancestor && isScalar(ancestor.key)) path.push(String(ancestor.key.value));
    else if (!isMap(ancestor) && "items" in ancestor && Array.isArray(ancestor.items)) {
      path.push(ancestor.items.indexOf(child));
    }
  });
  return path;
}
