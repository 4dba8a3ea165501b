// A field by what the config calls it.
import { expect, test } from "vitest";
import { kinds, makeField, makeSchema } from "../../test/fixture/pair.ts";
import { fieldId } from "./ids.ts";
import { findField } from "./schema.ts";

const field = (id: string, name: string) => ({
  ...makeField("left", name, kinds.line),
  id: fieldId(id),
});

test("an id counts before a name, and a name that two fields share finds nothing", () => {
  const named = field("id1", "id2");
  const other = field("id2", "Name");
  const [one, two] = [field("id3", "Twin"), field("id4", "Twin")];
  const schema = makeSchema("left", [named, other, one, two]);
  expect(findField(schema, "id2")).toBe(other);
  expect(findField(schema, "id1")).toBe(named);
  expect(findField(schema, "Name")).toBe(other);
  expect(findField(schema, "Twin")).toBeNull();
  expect(findField(schema, "id4")).toBe(two);
  // Names count with their case: two fields may differ by that alone.
  expect(findField(schema, "name")).toBeNull();
  expect(findField(schema, "")).toBeNull();
});
