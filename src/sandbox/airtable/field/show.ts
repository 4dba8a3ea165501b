// Schemas as the metadata API answers them. Key order matters: a field is `type, options, id, name,
// description` in schemas and in the answer to its creation, but `id, name, …` where a changed table is
// answered (recorded, 2026).
import type { Json, JsonObject } from "../json.ts";
import type { Dialect, Field, Table } from "../world.ts";

/** A field of a schema. */
export function showField(field: Field, dialect: Dialect): JsonObject {
  const { id, name, type } = field;
  // In 2022 only selects and links showed options (recorded).
  const isShown = dialect !== "2022" || field.choices !== null || type === "multipleRecordLinks";
  return {
    type,
    ...(isShown ? shownOptions(field) : {}),
    id,
    name,
    ...shownDescription(field.description),
  };
}

/** A field of a table that was just changed. */
function showFieldOfChange(field: Field): JsonObject {
  const { id, name, type } = field;
  return { id, name, type, ...shownOptions(field), ...shownDescription(field.description) };
}

function shownOptions(field: Field): JsonObject {
  if (field.choices !== null) {
    const choices = field.choices.map(({ id, name, color }) => ({ id, name, color }));
    return { options: { ...field.options, choices } };
  }
  return field.options === null ? {} : { options: field.options };
}

function shownDescription(description: string | null): JsonObject {
  return description === null || description === "" ? {} : { description };
}

interface TableFormat {
  readonly dialect: Dialect;
  readonly isChange?: boolean;
  readonly hasVisibleFieldIds?: boolean;
}

/** A table of a schema. */
export function showTable(table: Table, format: TableFormat): JsonObject {
  return {
    id: table.id,
    name: table.name,
    ...shownDescription(table.description),
    primaryFieldId: table.primaryFieldId,
    fields: table.fields.map((field) =>
      format.isChange === true ? showFieldOfChange(field) : showField(field, format.dialect),
    ),
    views: table.views.map((view): Json => {
      const { id, name, type } = view;
      if (format.hasVisibleFieldIds !== true || type !== "grid") return { id, name, type };
      const visible = view.visibleFieldIds ?? table.fields.map((field) => field.id);
      return { id, name, type, visibleFieldIds: [...visible] };
    }),
    ...(table.dateDependencySettings === null
      ? {}
      : { dateDependencySettings: table.dateDependencySettings }),
  };
}
