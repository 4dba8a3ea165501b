// A declared property as an entry of a schema request.
import type { PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import { limits } from "../limits.ts";
import { wireTypeOf } from "./column.ts";
import { declaredOptions } from "./option.ts";

export type SchemaEntry = Readonly<Record<string, unknown>>;

/** The entry that makes the property. Relations are made in a pass of their own. */
export function entryFor(declared: PropertyDeclaration): SchemaEntry {
  const { shape } = declared;
  const type = wireTypeOf(shape.type);
  switch (shape.type) {
    case "number":
      return { number: shape.format === null ? {} : { format: shape.format } };
    case "select":
    case "multi-select":
    case "status": {
      const options = declaredOptions(shape).slice(0, limits.optionsMax);
      // Without options a status gets the service's own three.
      return { [type]: options.length === 0 ? {} : { options } };
    }
    case "title":
    case "text":
    case "url":
    case "email":
    case "phone":
    case "checkbox":
    case "files":
    case "date":
    case "people":
    case "place":
    case "relation":
      return { [type]: {} };
  }
}

/** The entry of a relation; the other end of a two-way one gets a name of the service's choosing. */
export function relationEntry(target: string, isTwoWay: boolean): SchemaEntry {
  const kind = isTwoWay ? "dual_property" : "single_property";
  return { relation: { data_source_id: target, type: kind, [kind]: {} } };
}
