// A pair's policy laid over the two tables as they are now: names become fields, mappings get their
// bridges, and what no longer fits is listed whole, before anything is written.
//
// A name is looked up once; from then on its field's id counts, so a renamed field keeps syncing and
// a removed one is noticed although another field may have taken its name.
import type { Bridge } from "./bridge.ts";
import { makeLookup, type Lookup } from "./field-lookup.ts";
import type { CellKey } from "./ids.ts";
import { makeMapping } from "./make-mapping.ts";
import type { FieldPolicy, PairPolicy } from "./policy.ts";
import type { Field, Schema } from "./schema.ts";
import { other, sides, sided, type Side, type Sided } from "./side.ts";
import { choice, text, type Value } from "./value.ts";

export interface Mapping {
  readonly key: CellKey;
  readonly name: string;
  readonly policy: FieldPolicy;
  readonly fields: Sided<Field>;
  readonly bridge: Bridge;
}

export interface PairSetup {
  readonly policy: PairPolicy;
  readonly schemas: Sided<Schema>;
  readonly mappings: readonly Mapping[];
  /** Mappings by which existing rows are linked at the first run. */
  readonly match: readonly Mapping[];
  readonly markers: Sided<Field | null>;
  readonly lastSynced: Sided<Field | null>;
  /** The field and value that put a row away, for a side that archives by a mark. */
  readonly marks: Sided<{ readonly field: Field; readonly value: Value } | null>;
}

/** What a name meant at an earlier run. */
export interface KnownField {
  readonly wanted: string;
  readonly id: string;
  readonly name: string;
  /** The type it had; `anyType` where that shall be found out anew. */
  readonly type: string;
}

export interface SetupProblem {
  /** `schema`: the table changed under a working pair. `config`: the pair never fitted. */
  readonly kind: "schema" | "config";
  readonly side: Side | null;
  readonly message: string;
  readonly remedy: string;
}

export interface Renamed {
  readonly side: Side;
  readonly from: string;
  readonly to: string;
}

export type SetupResult =
  | {
      readonly kind: "setup";
      readonly setup: PairSetup;
      readonly renamed: readonly Renamed[];
      readonly known: Sided<readonly KnownField[]>;
    }
  | { readonly kind: "problems"; readonly problems: readonly SetupProblem[] };

export function makeSetup(
  policy: PairPolicy,
  schemas: Sided<Schema>,
  known: Sided<readonly KnownField[]>,
): SetupResult {
  const lookup = makeLookup(schemas, known);
  const mappings = policy.fields.flatMap((field) => makeMapping(field, lookup));
  const markers = sided((side) => markerField(side, policy.markers[side], lookup));
  const lastSynced = sided((side) => {
    const wanted = policy.lastSynced[side];
    return wanted === null ? null : lookup.field(side, wanted, "lastSynced");
  });
  const marks = sided((side) => markFor(side, policy, lookup));
  const match = matchMappings(policy, mappings);
  for (const side of sides) checkWritable(side, { markers, lastSynced, marks }, lookup);
  if (lookup.problems.length > 0) return { kind: "problems", problems: lookup.problems };
  return {
    kind: "setup",
    setup: { policy, schemas, mappings, match, markers, lastSynced, marks },
    renamed: lookup.renamed,
    known: lookup.known,
  };
}

function markerField(side: Side, wanted: string | null, lookup: Lookup): Field | null {
  if (wanted === null) return null;
  const field = lookup.field(side, wanted, "link marker");
  if (field !== null && field.kind.kind !== "text") {
    lookup.problems.push({
      kind: "config",
      side,
      message: `The link marker "${field.name}" is a ${field.type}; a marker must be a text field.`,
      remedy: "Use a plain text field for it.",
    });
  }
  return field;
}

function markFor(
  side: Side,
  policy: PairPolicy,
  lookup: Lookup,
): { readonly field: Field; readonly value: Value } | null {
  const archive = policy.archive[side];
  if (archive === null || archive.kind !== "mark" || policy.deletes !== "archive") return null;
  const field = lookup.field(side, archive.field, "archive mark");
  if (field === null) return null;
  const kind = field.kind.kind;
  if (kind === "choice") return { field, value: choice(archive.value) };
  if (kind === "text") return { field, value: text(archive.value) };
  if (kind === "boolean") return { field, value: { kind: "boolean", isTrue: true } };
  lookup.problems.push({
    kind: "config",
    side,
    message: `The archive mark "${field.name}" is a ${field.type}.`,
    remedy: "Use a single select, status, checkbox or text field for it.",
  });
  return null;
}

function checkWritable(
  side: Side,
  roles: Pick<PairSetup, "markers" | "lastSynced" | "marks">,
  lookup: Lookup,
): void {
  for (const field of [roles.markers[side], roles.lastSynced[side], roles.marks[side]?.field]) {
    if (field === null || field === undefined || field.isWritable) continue;
    lookup.problems.push({
      kind: "config",
      side,
      message: `"${field.name}" is read-only, and Tandem would have to write it.`,
      remedy: "Choose a field that can be edited.",
    });
  }
}

/** The configured match fields; without any, the mapping of the left title, if it has one. */
function matchMappings(policy: PairPolicy, mappings: readonly Mapping[]): readonly Mapping[] {
  if (policy.match.length === 0) return mappings.filter((mapping) => mapping.fields.left.isTitle);
  return policy.match.flatMap((pair) =>
    mappings.filter((mapping) =>
      sides.every((side) =>
        [mapping.policy.fields[side], mapping.fields[side].name].includes(pair[side]),
      ),
    ),
  );
}

/** The side a one-way mapping takes its values from; null when values flow both ways. */
export function sourceSide(mapping: Mapping): Side | null {
  switch (mapping.policy.flow) {
    case "both":
      return null;
    case "toLeft":
      return "right";
    case "toRight":
      return "left";
  }
}

/** Fields a scan of a side must bring along. */
export function wantedFields(setup: PairSetup, side: Side): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const mapping of setup.mappings) fields.set(mapping.fields[side].id, mapping.fields[side]);
  const mark = setup.marks[side];
  if (mark !== null) fields.set(mark.field.id, mark.field);
  return [...fields.values()];
}

/** Whether the config and the service let values be written to a side of a mapping. */
export function mayWrite(mapping: Mapping, side: Side): boolean {
  return sourceSide(mapping) !== side && mapping.fields[side].isWritable;
}

/** Mappings whose values may be written to a side. */
export function writableMappings(setup: PairSetup, side: Side): readonly Mapping[] {
  return setup.mappings.filter((mapping) => mayWrite(mapping, side));
}

/** Mappings whose values come from a side when its row is copied to the other one. */
export function mappingsFrom(setup: PairSetup, side: Side): readonly Mapping[] {
  return writableMappings(setup, other(side));
}
