import { expect, test } from "vitest";
import { parseReference } from "./reference.ts";

const id = "1f2e3d4c-5b6a-7988-0123-456789abcdef";
const plain = id.replaceAll("-", "");
const view = "ffffffffffffffffffffffffffffffff";

test.each([
  id,
  plain,
  plain.toUpperCase(),
  ` ${id}\n`,
  `https://www.notion.so/acme/${plain}?v=${view}`,
  `https://www.notion.so/acme/Product-Specs-2026-${plain}?v=${view}&pvs=4`,
  `https://app.notion.com/p/Caf%C3%A9-${plain}`,
  `https://acme.notion.site/${plain}#${view}`,
  `collection://${id}`,
  // A page above it, or a title that looks like an id, comes first.
  `https://www.notion.so/acme/${view}/Specs-${plain}?v=${view}`,
])("finds the id in %s", (reference) => {
  expect(parseReference(reference)).toBe(id);
});

test.each(["", "Delivery Tracker", "https://www.notion.so/acme", `https://x.test/?v=${view}`])(
  "finds none in %j",
  (reference) => {
    expect(parseReference(reference)).toBeNull();
  },
);
