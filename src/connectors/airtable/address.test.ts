import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

const app = "appAAAAAAAAAAAAAA";
const tbl = "tblBBBBBBBBBBBBBB";

test.each([
  [app, tbl, "id", app, "id", tbl],
  [app, "Delivery Tracker", "id", app, "name", "Delivery Tracker"],
  ["Ops", " Tasks ", "name", "Ops", "name", "Tasks"],
  [`https://airtable.com/${app}/${tbl}/viwCCCCCCCCCCCCCC?blocks=hide`, "", "id", app, "id", tbl],
  ["", `https://airtable.com/${app}/${tbl}`, "id", app, "id", tbl],
  [`https://airtable.com/${app}/${tbl}`, "Tasks", "id", app, "name", "Tasks"],
  ["apple", "table", "name", "apple", "name", "table"],
])("base %j and table %j", (base, table, baseKind, baseText, tableKind, tableText) => {
  expect(parseAddress(base, table)).toEqual({
    base: { kind: baseKind, text: baseText },
    table: { kind: tableKind, text: tableText },
  });
});
