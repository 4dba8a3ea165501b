// One source file as the rules see it: its imports, functions, loops, names, strings and comments,
// taken from oxc's parser. The parser also sees imports of types, which leave no trace at run time.
import { parseSync, Visitor, type Function as OxcFunction, type Node } from "oxc-parser";
import { posix } from "node:path";

export interface Import {
  readonly line: number;
  /** As written: `./row.ts`, `zod`, `node:fs`. */
  readonly specifier: string;
  /** Path from the root for a relative import, or null for a package. */
  readonly path: string | null;
  /** Only types come through it. */
  readonly isType: boolean;
}

export interface FunctionFact {
  readonly line: number;
  /** Lines that are neither blank nor comment. */
  readonly codeLines: number;
  readonly parameters: number;
}

export interface TextFact {
  readonly line: number;
  readonly text: string;
}

export interface Source {
  readonly file: string;
  readonly codeLines: number;
  readonly hasOpeningComment: boolean;
  /** Something is exported, and nothing is declared. */
  readonly isBarrel: boolean;
  readonly defaultExportLine: number | null;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionFact[];
  /** Loops without a condition, and whether a comment close by says what bounds them. */
  readonly openLoops: readonly { readonly line: number; readonly isBounded: boolean }[];
  readonly comments: readonly TextFact[];
  readonly strings: readonly TextFact[];
  /** Identifiers, property names included. */
  readonly names: readonly TextFact[];
  /** Uses of the type that switches checking off. */
  readonly anyLines: readonly number[];
  /** What tests and groups of tests are called; the fixed parts of a title that is put together. */
  readonly titles: readonly TextFact[];
  /** Tests marked to be left out or to be run alone, such as `test.only`. */
  readonly marked: readonly TextFact[];
  /** What the parser refused. */
  readonly syntaxErrors: readonly string[];
}

/** How far from its loop a comment may stand that says what bounds it. */
const boundCommentLinesMax = 3;

/** Parses a file; `file` is its path from the root. */
export function parseSource(file: string, text: string): Source {
  const parsed = parseSync(file, text);
  const lineOf = makeLineOf(text);
  const code = withoutComments(text, parsed.comments);
  const comments = parsed.comments.map((comment) => ({
    line: lineOf(comment.start),
    text: comment.value,
    endLine: lineOf(comment.end),
  }));
  const visited = visit(parsed.program, { lineOf, code });
  const declares = parsed.program.body.some(
    (node) =>
      node.type !== "ImportDeclaration" &&
      node.type !== "ExportAllDeclaration" &&
      !(node.type === "ExportNamedDeclaration" && node.declaration === null),
  );
  const defaultExport = parsed.program.body.find(
    (node) =>
      node.type === "ExportDefaultDeclaration" ||
      (node.type === "ExportNamedDeclaration" &&
        node.specifiers.some(
          ({ exported }) => exported.type === "Identifier" && exported.name === "default",
        )),
  );
  return {
    file,
    codeLines: countCodeLines(code),
    hasOpeningComment: /^(#!.*\n)?\s*\/[/*]/u.test(text),
    isBarrel: !declares && parsed.module.staticExports.length > 0,
    defaultExportLine: defaultExport === undefined ? null : lineOf(defaultExport.start),
    imports: importsOf(file, parsed.module, { text, lineOf }),
    functions: visited.functions,
    openLoops: visited.loops.map((line) => ({
      line,
      isBounded: comments.some(
        (comment) =>
          /\bBound:/u.test(comment.text) &&
          comment.endLine >= line - boundCommentLinesMax &&
          comment.line <= line + boundCommentLinesMax,
      ),
    })),
    comments: comments.map((comment) => ({ line: comment.line, text: comment.text })),
    strings: visited.strings,
    names: visited.names,
    anyLines: visited.anyLines,
    titles: visited.titles,
    marked: visited.marked,
    syntaxErrors: parsed.errors.map((error) => error.message),
  };
}

function makeLineOf(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** The text with comments blanked out, every other character where it was. */
function withoutComments(
  text: string,
  comments: readonly { readonly start: number; readonly end: number }[],
): string {
  let code = "";
  let from = 0;
  for (const { start, end } of comments) {
    code += text.slice(from, start) + text.slice(start, end).replaceAll(/[^\n]/gu, " ");
    from = end;
  }
  return code + text.slice(from);
}

function countCodeLines(code: string): number {
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

function importsOf(
  file: string,
  module: ReturnType<typeof parseSync>["module"],
  known: { readonly text: string; readonly lineOf: (offset: number) => number },
): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, start: number, isType: boolean): void => {
    const path = specifier.startsWith(".")
      ? posix.normalize(posix.join(posix.dirname(file), specifier))
      : null;
    found.push({ line: known.lineOf(start), specifier, path, isType });
  };
  for (const { moduleRequest, entries, start } of module.staticImports) {
    add(moduleRequest.value, start, entries.length > 0 && entries.every((entry) => entry.isType));
  }
  for (const { entries, start } of module.staticExports) {
    for (const entry of entries) {
      if (entry.moduleRequest !== null) add(entry.moduleRequest.value, start, entry.isType);
    }
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const written = known.text.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^["'](?<specifier>[^"']+)["']$/u.exec(written)?.groups?.["specifier"];
    if (literal !== undefined) add(literal, start, false);
  }
  return found;
}

interface Visited {
  readonly functions: FunctionFact[];
  readonly loops: number[];
  readonly strings: TextFact[];
  readonly names: TextFact[];
  readonly anyLines: number[];
  readonly titles: TextFact[];
  readonly marked: TextFact[];
}

const testWords = new Set(["test", "it", "describe", "suite"]);
/** The name a call starts with: `test` of `test(...)`, `test.each(...)(...)` and `test.for(...)(...)`. */
function rootName(node: Node): string | null {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MemberExpression") return rootName(node.object);
  return node.type === "CallExpression" ? rootName(node.callee) : null;
}

/** The text of a string or template, with a space for every hole. */
function fixedText(node: Node): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type !== "TemplateLiteral") return null;
  return node.quasis.map((part) => part.value.raw).join(" ");
}

const testMarks = new Set(["skip", "only", "todo", "skipIf", "runIf", "fails"]);

function visit(
  program: ReturnType<typeof parseSync>["program"],
  known: { readonly lineOf: (offset: number) => number; readonly code: string },
): Visited {
  const { lineOf, code } = known;
  const found: Visited = {
    functions: [],
    loops: [],
    strings: [],
    names: [],
    anyLines: [],
    titles: [],
    marked: [],
  };
  const onFunction = (node: Pick<OxcFunction, "start" | "end" | "params">): void => {
    found.functions.push({
      line: lineOf(node.start),
      codeLines: countCodeLines(code.slice(node.start, node.end)),
      parameters: node.params.length,
    });
  };
  const onName = (node: { readonly name: string; readonly start: number }): void => {
    found.names.push({ line: lineOf(node.start), text: node.name });
  };
  const onLoop = (node: Node, condition: Node | null): void => {
    const isOpen = condition === null || (condition.type === "Literal" && Boolean(condition.value));
    if (isOpen) found.loops.push(lineOf(node.start));
  };
  new Visitor({
    FunctionDeclaration: onFunction,
    FunctionExpression: onFunction,
    ArrowFunctionExpression: onFunction,
    ForStatement: (node) => onLoop(node, node.test),
    WhileStatement: (node) => onLoop(node, node.test),
    DoWhileStatement: (node) => onLoop(node, node.test),
    Identifier: onName,
    PrivateIdentifier: onName,
    Literal: (node) => {
      if (typeof node.value !== "string") return;
      found.strings.push({ line: lineOf(node.start), text: node.value });
    },
    TemplateElement: (node) => {
      found.strings.push({ line: lineOf(node.start), text: node.value.raw });
    },
    TSAnyKeyword: (node) => {
      found.anyLines.push(lineOf(node.start));
    },
    CallExpression: (node) => {
      const name = rootName(node.callee);
      const [first] = node.arguments;
      if (name === null || first === undefined || !testWords.has(name)) return;
      const title = fixedText(first);
      if (title !== null) found.titles.push({ line: lineOf(node.start), text: title });
    },
    MemberExpression: (node) => {
      if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
      if (!testWords.has(node.object.name) || !testMarks.has(node.property.name)) return;
      found.marked.push({
        line: lineOf(node.start),
        text: `${node.object.name}.${node.property.name}`,
      });
    },
  }).visit(program);
  return found;
}
