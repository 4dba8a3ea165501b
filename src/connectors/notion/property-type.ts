// What each of Notion's property types means here: its kind, its codec, and whether it can be written.
// One line a type; a type that is not listed is `unsupported`, because new ones appear without notice.
import type { Kind, Option } from "../../core/schema.ts";
import { unknown, type Value } from "../../core/value.ts";
import { choiceCodec, choicesCodec } from "./codec/choice.ts";
import { asList, isRecord, refused, type Codec } from "./codec/codec.ts";
import { formulaCodec, rollupCodec, rollupKind, uniqueIdCodec } from "./codec/computed.ts";
import { dateCodec, stampCodec } from "./codec/date.ts";
import { peopleCodec, userCodec } from "./codec/people.ts";
import { checkboxCodec, numberCodec, stringCodec } from "./codec/plain.ts";
import { filesCodec, relationCodec } from "./codec/reference.ts";
import { richTextCodec } from "./codec/rich-text.ts";
import { limits } from "./limits.ts";

export interface PropertyType {
  readonly kind: Kind;
  readonly codec: Codec;
  readonly isWritable: boolean;
}

export type FormulaKind = "text" | "number" | "boolean" | "date";

const unsupportedType: PropertyType = {
  kind: { kind: "unsupported" },
  isWritable: false,
  codec: {
    decode: () => unknown("unsupported"),
    encode: () => refused("the sync does not know this type of property"),
  },
};

interface TextLimits {
  readonly format?: "plain" | "url" | "email" | "phone";
  readonly isMultiline?: boolean;
  readonly lengthMax: number;
}

function textKind({ format = "plain", isMultiline = false, lengthMax }: TextLimits): Kind {
  return { kind: "text", format, isMultiline, lengthMax };
}

function optionsIn(config: unknown): readonly Option[] {
  const list = isRecord(config) ? asList(config["options"]) : null;
  return (list ?? []).flatMap((option) => {
    if (!isRecord(option)) return [];
    const { id, name } = option;
    return typeof id === "string" && typeof name === "string" ? [{ id, name }] : [];
  });
}

/**
 * The option a cleared status falls back to. The API does not name it; it is the first option of the
 * first group (`To-do`) wherever it was seen. A wrong guess shows up as an edit, not as a loss.
 */
function defaultStatus(config: unknown): string | null {
  const group = isRecord(config) ? asList(config["groups"])?.[0] : null;
  const firstId = isRecord(group) ? asList(group["option_ids"])?.[0] : null;
  const options = optionsIn(config);
  return (options.find((option) => option.id === firstId) ?? options[0])?.name ?? null;
}

const dateKind: Kind = {
  kind: "date",
  time: "optional",
  stepMs: limits.stampStepMs,
  hasRange: true,
};

const stampKind: Kind = {
  kind: "date",
  time: "required",
  stepMs: limits.stampStepMs,
  hasRange: false,
};

const numberKind: Kind = { kind: "number", decimals: null };

/** Kinds of computed results. Text may be of any length. */
const resultKinds: Readonly<Record<FormulaKind, Kind>> = {
  text: textKind({ isMultiline: true, lengthMax: limits.textMax }),
  number: numberKind,
  boolean: { kind: "boolean" },
  date: dateKind,
};

const personKind: Kind = { kind: "people", isMany: false, countMax: 1 };

function choiceKind(config: unknown, canAddOptions: boolean): Kind {
  return {
    kind: "choice",
    options: optionsIn(config),
    canAddOptions,
    refuses: [","],
    blankOption: canAddOptions ? null : defaultStatus(config),
  };
}

type Maker = (config: unknown, formula: FormulaKind) => PropertyType;

function always(kind: Kind, codec: Codec, isWritable: boolean): Maker {
  return () => ({ kind, codec, isWritable });
}

function plainText(text: TextLimits): Maker {
  return always(textKind(text), stringCodec(text.lengthMax), true);
}

function rollup(config: unknown): PropertyType {
  const kind = rollupKind(isRecord(config) ? config["function"] : null);
  return { kind: resultKinds[kind], codec: rollupCodec(kind, decodeTyped), isWritable: false };
}

const makers: Readonly<Record<string, Maker>> = {
  title: always(textKind({ lengthMax: limits.textMax }), richTextCodec, true),
  rich_text: always(
    textKind({ isMultiline: true, lengthMax: limits.textMax }),
    richTextCodec,
    true,
  ),
  url: plainText({ format: "url", lengthMax: limits.urlMax }),
  email: plainText({ format: "email", lengthMax: limits.emailMax }),
  phone_number: plainText({ format: "phone", lengthMax: limits.phoneMax }),
  number: always(numberKind, numberCodec, true),
  checkbox: always({ kind: "boolean" }, checkboxCodec, true),
  select: (config) => ({ kind: choiceKind(config, true), codec: choiceCodec, isWritable: true }),
  // New options of a status are refused in a page write (Notion docs: Property values).
  status: (config) => ({ kind: choiceKind(config, false), codec: choiceCodec, isWritable: true }),
  multi_select: (config) => ({
    kind: {
      kind: "choices",
      options: optionsIn(config),
      canAddOptions: true,
      refuses: [","],
      countMax: limits.optionsMax,
    },
    codec: choicesCodec,
    isWritable: true,
  }),
  date: always(dateKind, dateCodec, true),
  people: always({ kind: "people", isMany: true, countMax: limits.peopleMax }, peopleCodec, true),
  relation: always({ kind: "links", countMax: limits.linksMax }, relationCodec, true),
  files: always({ kind: "files" }, filesCodec, false),
  created_time: always(stampKind, stampCodec, false),
  last_edited_time: always(stampKind, stampCodec, false),
  created_by: always(personKind, userCodec, false),
  last_edited_by: always(personKind, userCodec, false),
  unique_id: always(textKind({ lengthMax: limits.textElementMax }), uniqueIdCodec, false),
  formula: (_config, formula) => ({
    kind: resultKinds[formula],
    codec: formulaCodec(formula),
    isWritable: false,
  }),
  rollup,
};

/** What a property of the schema means here. `formula` is its learned kind, if it is a formula. */
export function propertyTypeOf(
  type: string,
  config: unknown,
  formula: FormulaKind = "text",
): PropertyType {
  const make = Object.hasOwn(makers, type) ? makers[type] : undefined;
  return make === undefined ? unsupportedType : make(config, formula);
}

/** Decodes a value that carries its type along, `{type, <type>: …}`, without its schema. */
export function decodeTyped(json: unknown): Value {
  if (!isRecord(json) || typeof json["type"] !== "string") return unknown("undecodable");
  const { type } = json;
  return propertyTypeOf(type, null).codec.decode(json[type]);
}
