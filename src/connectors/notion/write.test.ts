import { expect, test } from "vitest";
import { fieldId } from "../../core/ids.ts";
import { makeSource } from "./source.ts";
import { blamedField } from "./write.ts";

const properties = [
  { id: "title", name: "Name", type: "title", config: {} },
  { id: "%5Ba%3C", name: "Cost", type: "number", config: {} },
  { id: "bb", name: "Cost is high", type: "checkbox", config: {} },
];
const source = makeSource({ id: "s", title: [], properties }, { botId: null, formulas: new Map() });

test.each([
  ["Cost is expected to be number.", "[a<"],
  ["Cost is high is expected to be checkbox.", "bb"],
  ["body failed validation: body.properties.Cost.number should be a number", "[a<"],
  ["body failed validation: body.properties.%5Ba%3C.number should be a number", "[a<"],
  ["Costly things happened.", null],
  ["What stands in Cost is odd.", null],
])("%s", (message, id) => {
  expect(blamedField(source, message)).toBe(id === null ? null : fieldId(id));
});
