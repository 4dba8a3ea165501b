// Formulas the connector sends in `filterByFormula`. Fields are named by id, so that a rename or a
// brace in a name cannot break them; texts are escaped, so that a cell's content cannot either.
// `LAST_MODIFIED_TIME` works without any such field in the table (community reports; Airtable docs:
// Formula field reference).

/** A text literal. */
export function literal(content: string): string {
  const escaped = content
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}

function any(terms: readonly string[]): string {
  return terms.length === 1 ? (terms[0] ?? "") : `OR(${terms.join(",")})`;
}

function isRow(id: string): string {
  return `RECORD_ID()=${literal(id)}`;
}

/** Rows with one of these ids. `ids` is not empty. */
export function rowsById(ids: readonly string[]): string {
  return any(ids.map(isRow));
}

/** Rows whose field holds one of these texts. `contents` is not empty. */
export function rowsByText(field: string, contents: readonly string[]): string {
  return any(contents.map((content) => `{${field}}=${literal(content)}`));
}

/** Rows whose field holds one of these finite numbers. `numbers` is not empty. */
export function rowsByNumber(field: string, numbers: readonly number[]): string {
  return any(numbers.map((number) => `{${field}}=${number}`));
}

export interface EditTerm {
  readonly id: string;
  readonly field: string;
  readonly thanMs: number;
}

/** Rows of which one of these is true: its field was edited after the instant. */
export function rowsEditedAfter(terms: readonly EditTerm[]): string {
  return any(
    terms.map((term) => {
      const at = `DATETIME_PARSE(${literal(new Date(term.thanMs).toISOString())})`;
      return `AND(${isRow(term.id)},IS_AFTER(LAST_MODIFIED_TIME({${term.field}}),${at}))`;
    }),
  );
}
