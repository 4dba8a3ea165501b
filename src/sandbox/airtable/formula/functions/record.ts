// What a formula can ask about its own row.
import { define, type FormulaFunction } from "../function.ts";
import { date } from "../value.ts";

export const recordFunctions: Readonly<Record<string, FormulaFunction>> = {
  RECORD_ID: define(0, 0, (_args, { row }) => row.recordId),
  CREATED_TIME: define(0, 0, (_args, { row }) => date(row.createdMs)),
  // Works without a field of that type in the table, and counts edits of non-computed fields only
  // (Airtable's function list; in production use by many).
  LAST_MODIFIED_TIME: define(0, Infinity, (_args, { row, fieldArgs }) => {
    const named = fieldArgs.filter((name) => name !== null);
    const ms = row.modifiedMs(named);
    return ms === null ? null : date(ms);
  }),
};
