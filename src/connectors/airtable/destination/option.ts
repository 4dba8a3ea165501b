// Options of select fields. The API takes them when a field is made and never again: later ones come
// into being with the first row that holds them (Airtable docs: Update field; typecast.ts).
import type { OptionDeclaration, PropertyShape } from "../../../core/oneway/declaration.ts";
import { isRecord } from "../codec/codec.ts";
import type { WireField } from "../wire.ts";

/** Airtable's nearest to the colours that workers name. It has no brown. */
const colors: Readonly<Record<string, string>> = {
  default: "grayLight2",
  gray: "grayLight2",
  brown: "orangeDark1",
  orange: "orangeLight2",
  yellow: "yellowLight2",
  green: "greenLight2",
  blue: "blueLight2",
  purple: "purpleLight2",
  pink: "pinkLight2",
  red: "redLight2",
};

export interface ChoiceWish {
  readonly name: string;
  readonly color?: string;
}

function choiceOf({ name, color }: OptionDeclaration): ChoiceWish {
  const known = color !== null && Object.hasOwn(colors, color) ? colors[color] : undefined;
  return { name: name.trim(), ...(known === undefined ? {} : { color: known }) };
}

/** The declared options, each name once whatever its case. */
export function declaredOptions(shape: PropertyShape): readonly ChoiceWish[] {
  const all =
    shape.type === "select" || shape.type === "multi-select"
      ? shape.options
      : shape.type === "status"
        ? shape.groups.flatMap((group) => group.options)
        : [];
  const seen = new Set<string>([""]);
  return all.map(choiceOf).filter(({ name }) => {
    const folded = name.toLowerCase();
    return seen.has(folded) ? false : seen.add(folded);
  });
}

/** The names of the options a field has. */
export function optionNames(field: WireField): readonly string[] {
  const list = field.options?.["choices"];
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((option) =>
    isRecord(option) && typeof option["name"] === "string" && option["name"] !== ""
      ? [option["name"]]
      : [],
  );
}
