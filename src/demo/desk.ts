// What people do in the demonstration, in the services' own windows. Rows are named by their number
// among the specs it begins with, which is also the number in their titles.
import type { ProductOps } from "../sandbox/product-ops.ts";

export interface Desk {
  /** A person edits a page. Properties in the form of Notion's API. */
  editPage(row: number, properties: Parameters<ProductOps["notion"]["admin"]["editPage"]>[1]): void;
  /** A person edits the record that belongs to the page. */
  editRecord(row: number, fields: Parameters<ProductOps["airtable"]["admin"]["editRow"]>[1]): void;
  trashPage(row: number): void;
  restorePage(row: number): void;
  deleteRecord(row: number): void;
  addRecord(fields: Parameters<ProductOps["airtable"]["admin"]["addRow"]>[1]): void;
  renameProperty(from: string, to: string): void;
  /** Lets time pass on both services. */
  wait(minutes: number): void;
}

export function makeDesk(ops: ProductOps): Desk {
  const { notion, airtable, clock } = ops;
  const pageOf = (row: number): string => {
    const id = ops.pageIds[row - 1];
    if (id === undefined) throw new Error(`the demonstration has no spec ${row}`);
    return id;
  };
  const recordOf = (row: number): string => {
    const page = pageOf(row);
    const found = airtable.admin
      .rows(ops.tableId)
      .find((record) => record.fields["Notion Page ID"] === page);
    if (found === undefined) throw new Error(`the demonstration has no record of spec ${row}`);
    return found.id;
  };
  return {
    editPage: (row, properties) => {
      notion.admin.editPage(pageOf(row), properties);
    },
    editRecord: (row, fields) => {
      airtable.admin.editRow(recordOf(row), fields);
    },
    trashPage: (row) => {
      notion.admin.trash(pageOf(row));
    },
    restorePage: (row) => {
      notion.admin.restore(pageOf(row));
    },
    deleteRecord: (row) => {
      airtable.admin.deleteRow(recordOf(row));
    },
    addRecord: (fields) => {
      airtable.admin.addRow(ops.tableId, fields);
    },
    renameProperty: (from, to) => {
      notion.admin.renameProperty(ops.dataSourceId, from, to);
    },
    wait: (minutes) => {
      clock.advance(minutes * 60_000);
    },
  };
}
