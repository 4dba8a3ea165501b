// Parses formulas once, checks their fields against a table, and stores them by field id.
import { invalidFormula } from "../refusal.ts";
import { findField, type Field, type Table } from "../world.ts";
import { FormulaSyntaxError } from "./lexer.ts";
import { parseFormula } from "./parser.ts";
import { fieldNames, type Node } from "./tree.ts";

const compiledMax = 500;
const compiled = new Map<string, Node | null>();

/** The tree of a formula, or `null` when it has no meaning. */
export function compile(source: string): Node | null {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const node = parseOrNull(source);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(source, node);
  return node;
}

function parseOrNull(source: string): Node | null {
  try {
    return parseFormula(source);
  } catch (error) {
    if (error instanceof FormulaSyntaxError) return null;
    throw error;
  }
}

/** A field as formulas name it: by id, by name, or by name in other letters. */
export function findFormulaField(table: Table, name: string): Field | null {
  const lower = name.toLowerCase();
  return (
    findField(table, name) ??
    table.fields.find((field) => field.name.toLowerCase() === lower) ??
    null
  );
}

/** Compiles a filter, or throws the 422 the service answers. */
export function compileFilter(source: string, table: Table): Node {
  const node = compile(source);
  if (node === null) throw invalidFormula("Invalid formula. Please check your formula text.");
  const unknown = fieldNames(node).filter((name) => findFormulaField(table, name) === null);
  if (unknown.length > 0) {
    throw invalidFormula(
      `Unknown field names: ${unknown.map((name) => name.toLowerCase()).join(", ")}`,
    );
  }
  return node;
}

/** A formula with every field named by id, as schemas show it; unknown names stay as they are. */
export function nameFieldsById(source: string, table: Table): string {
  const quotedOrField = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\{((?:\\.|[^}\\])*)\}/g;
  return source.replace(quotedOrField, (whole: string, braced: string | undefined) => {
    if (braced === undefined) return whole;
    const field = findFormulaField(table, braced.replace(/\\(.)/g, "$1"));
    return field === null ? whole : `{${field.id}}`;
  });
}
