// What each of Airtable's field types means here: its kind, its codec, and what may be done with it.
// One line a type; a type that is not listed is `unsupported`, because new ones appear without notice
// (recorded: manualSort). Computed types take the kind of their declared result.
import type { Kind, Option } from "../../core/schema.ts";
import { unknown } from "../../core/value.ts";
import { checkboxCodec } from "./codec/checkbox.ts";
import { choiceCodec, choicesCodec } from "./codec/choice.ts";
import { isRecord, refused, type Codec } from "./codec/codec.ts";
import { aiTextCodec, buttonCodec, computedCodec, lookupResult } from "./codec/computed.ts";
import { dayCodec, instantCodec } from "./codec/date.ts";
import { numberCodec } from "./codec/number.ts";
import { peopleCodec, personCodec } from "./codec/people.ts";
import { barcodeCodec, filesCodec, linksCodec } from "./codec/reference.ts";
import { richCodec } from "./codec/rich.ts";
import { textCodec } from "./codec/text.ts";
import { limits } from "./limits.ts";

type Options = Readonly<Record<string, unknown>>;

export interface FieldType {
  readonly kind: Kind;
  readonly codec: Codec;
  readonly isWritable: boolean;
  /** May be named in `fieldsToMergeOn` of an upsert (Airtable docs: Update multiple records). */
  readonly isMergeKey: boolean;
  /** Writing it under `typecast` changes nothing and makes nothing but new options. */
  readonly isTypecastSafe: boolean;
}

type Maker = (options: Options, depth: number) => FieldType;

const writable = { isWritable: true, isMergeKey: false, isTypecastSafe: true };
const mergeKey = { isWritable: true, isMergeKey: true, isTypecastSafe: true };
// Under typecast, names in links make rows in other tables, and attachment objects are refused.
const readOnly = { isWritable: false, isMergeKey: false, isTypecastSafe: false };

const unsupported: FieldType = {
  ...readOnly,
  kind: { kind: "unsupported" },
  codec: {
    absent: unknown("unsupported"),
    decode: () => unknown("unsupported"),
    encode: () => refused("the sync does not know this type of field"),
  },
};

function textKind(format: "plain" | "url" | "email" | "phone", isMultiline: boolean): Kind {
  return { kind: "text", format, isMultiline, lengthMax: limits.textCharsMax };
}

function numberKind(decimals: number | null): Kind {
  return { kind: "number", decimals };
}

function precisionOf(options: Options): number | null {
  const { precision } = options;
  return typeof precision === "number" && precision >= 0 ? precision : null;
}

/** A percent is a fraction: two digits more than are shown. */
function percentDecimals(options: Options): number | null {
  const precision = precisionOf(options);
  return precision === null ? null : precision + 2;
}

/** `h:mm:ss.SS` shows two digits of a second. */
function durationDecimals(options: Options): number {
  const format = options["durationFormat"];
  return typeof format === "string" ? (/\.(S+)$/.exec(format)?.[1]?.length ?? 0) : 0;
}

function optionsOf(options: Options): readonly Option[] {
  const list = options["choices"];
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((option) => {
    if (!isRecord(option)) return [];
    const { id, name } = option;
    // Options with an empty name were recorded; they cannot be told from an empty cell.
    return typeof id === "string" && typeof name === "string" && name !== "" ? [{ id, name }] : [];
  });
}

function choiceKind(options: Options, canAddOptions: boolean): Kind {
  return {
    kind: "choice",
    options: optionsOf(options),
    canAddOptions,
    refuses: [],
    blankOption: null,
  };
}

const dayKind: Kind = { kind: "date", time: "none", stepMs: 86_400_000, hasRange: false };
const instantKind: Kind = { kind: "date", time: "required", stepMs: 1, hasRange: false };
const personKind: Kind = { kind: "people", isMany: false, countMax: 1 };

/** The declared result of a computed field; text when it declares none. */
function resultOf(options: Options, depth: number): FieldType {
  const { result } = options;
  // A lookup of a lookup declares its result within its result; nobody nests deeper than this.
  if (depth > 4 || !isRecord(result) || typeof result["type"] !== "string") return plainResult;
  const inner = isRecord(result["options"]) ? result["options"] : {};
  return makeFieldType(result["type"], inner, depth + 1);
}

const computed: Maker = (options, depth) => {
  const result = resultOf(options, depth);
  return { ...readOnly, kind: result.kind, codec: computedCodec(result) };
};

const lookup: Maker = (options, depth) => {
  const result = lookupResult(resultOf(options, depth), limits.peopleMax);
  return { ...readOnly, kind: result.kind, codec: computedCodec(result) };
};

/** Times of creation and edit: a day or an instant, by the result they declare. */
const timestamp: Maker = (options) => {
  const { result } = options;
  const isDay = isRecord(result) && result["type"] === "date";
  return { ...readOnly, kind: isDay ? dayKind : instantKind, codec: dayCodec };
};

const plain: FieldType = { ...mergeKey, kind: textKind("plain", false), codec: textCodec };
const plainResult: FieldType = { ...readOnly, kind: textKind("plain", true), codec: textCodec };

const makers: Readonly<Record<string, Maker>> = {
  singleLineText: () => plain,
  multilineText: () => ({ ...mergeKey, kind: textKind("plain", true), codec: textCodec }),
  richText: () => ({
    ...writable,
    kind: { kind: "rich", lengthMax: limits.textCharsMax },
    codec: richCodec,
  }),
  email: () => ({ ...writable, kind: textKind("email", false), codec: textCodec }),
  url: () => ({ ...writable, kind: textKind("url", false), codec: textCodec }),
  phoneNumber: () => ({ ...writable, kind: textKind("phone", false), codec: textCodec }),
  number: (o) => ({ ...mergeKey, kind: numberKind(precisionOf(o)), codec: numberCodec }),
  percent: (o) => ({ ...writable, kind: numberKind(percentDecimals(o)), codec: numberCodec }),
  currency: (o) => ({ ...writable, kind: numberKind(precisionOf(o)), codec: numberCodec }),
  duration: (o) => ({ ...writable, kind: numberKind(durationDecimals(o)), codec: numberCodec }),
  rating: () => ({ ...writable, kind: numberKind(0), codec: numberCodec }),
  checkbox: () => ({ ...writable, kind: { kind: "boolean" }, codec: checkboxCodec }),
  singleSelect: (o) => ({ ...mergeKey, kind: choiceKind(o, true), codec: choiceCodec }),
  multipleSelects: (o) => ({
    ...mergeKey,
    kind: {
      kind: "choices",
      options: optionsOf(o),
      canAddOptions: true,
      refuses: [],
      countMax: limits.optionsMax,
    },
    codec: choicesCodec,
  }),
  date: () => ({ ...mergeKey, kind: dayKind, codec: dayCodec }),
  dateTime: () => ({ ...writable, kind: instantKind, codec: instantCodec }),
  singleCollaborator: () => ({ ...writable, kind: personKind, codec: personCodec }),
  multipleCollaborators: () => ({
    ...writable,
    kind: { kind: "people", isMany: true, countMax: limits.peopleMax },
    codec: peopleCodec,
  }),
  multipleRecordLinks: () => ({
    ...readOnly,
    kind: { kind: "links", countMax: limits.linksMax },
    codec: linksCodec,
  }),
  multipleAttachments: () => ({ ...readOnly, kind: { kind: "files" }, codec: filesCodec }),
  barcode: () => ({ ...readOnly, kind: textKind("plain", false), codec: barcodeCodec }),
  formula: computed,
  rollup: computed,
  multipleLookupValues: lookup,
  // In old schemas and in results of results the lookup goes by this name.
  lookup,
  count: () => ({ ...readOnly, kind: numberKind(0), codec: numberCodec }),
  autoNumber: () => ({ ...readOnly, kind: numberKind(0), codec: numberCodec }),
  createdTime: timestamp,
  lastModifiedTime: timestamp,
  createdBy: () => ({ ...readOnly, kind: personKind, codec: personCodec }),
  lastModifiedBy: () => ({ ...readOnly, kind: personKind, codec: personCodec }),
  button: () => ({ ...readOnly, kind: textKind("url", false), codec: buttonCodec }),
  aiText: () => ({ ...readOnly, kind: textKind("plain", true), codec: aiTextCodec }),
  externalSyncSource: (o) => ({ ...readOnly, kind: choiceKind(o, false), codec: choiceCodec }),
};

function makeFieldType(type: string, options: Options, depth: number): FieldType {
  const make = Object.hasOwn(makers, type) ? makers[type] : undefined;
  return make === undefined ? unsupported : make(options, depth);
}

/** What a field of the schema means here. Total over anything Airtable may send. */
export function fieldTypeOf(field: {
  readonly type: string;
  readonly options: Options;
}): FieldType {
  return makeFieldType(field.type, field.options, 0);
}
