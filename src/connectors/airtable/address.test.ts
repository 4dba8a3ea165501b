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
  // The base's own setting goes before an address that was pasted for the table.
  [app, `https://airtable.com/appCCCCCCCCCCCCCC/${tbl}`, "id", app, "id", tbl],
  ["", `HTTP://airtable.com/${app}?table=${tbl}`, "id", app, "id", tbl],
  ["", `https://airtable.com/${app}/shr1#${tbl}`, "id", app, "id", tbl],
  // One character more or less is a name.
  [`${app}A`, `${tbl}B`, "name", `${app}A`, "name", `${tbl}B`],
  [app.slice(1), ` x${tbl}`, "name", app.slice(1), "name", `x${tbl}`],
  [`old/${app}`, "Tasks", "name", `old/${app}`, "name", "Tasks"],
  [`about ${app}/${tbl}`, "Tasks", "name", `about ${app}/${tbl}`, "name", "Tasks"],
  [`https://airtable.com/${app}`, "", "id", app, "name", ""],
])("base %j and table %j", (base, table, baseKind, baseText, tableKind, tableText) => {
  expect(parseAddress(base, table)).toEqual({
    base: { kind: baseKind, text: baseText },
    table: { kind: tableKind, text: tableText },
  });
});
