// Ties the numbered promises of docs/spec.md to the tests that carry them. A test carries a promise
// when its title holds the number, alone or in a range: "P12", "F1..F18". The last column of the
// page's tables, and its list of promises nobody carries yet, are written from the titles.
import type { Source } from "./source.ts";

const idPattern =
  /\b(?<letter>[FGPRW])(?<first>[1-9]\d?)\b(?:(?:\.\.\.?|–|-)\k<letter>(?<last>[1-9]\d?)\b)?/gu;

/** Every promise a text names; ranges are spelled out. */
export function idsIn(text: string): readonly string[] {
  const ids: string[] = [];
  for (const { groups } of text.matchAll(idPattern)) {
    const letter = groups?.["letter"] ?? "";
    const first = Number(groups?.["first"]);
    const last = Number(groups?.["last"] ?? first);
    for (let at = first; at <= last; at += 1) ids.push(`${letter}${at}`);
  }
  return ids;
}

export function carriersIn(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const carriers = new Map<string, Set<string>>();
  for (const { file, titles } of sources) {
    if (!file.endsWith(".test.ts")) continue;
    for (const id of titles.flatMap(({ text }) => idsIn(text))) {
      carriers.set(id, (carriers.get(id) ?? new Set()).add(file));
    }
  }
  return new Map([...carriers].map(([id, files]) => [id, [...files].toSorted()]));
}

/** A promise's line in a table: its number first, the tests that carry it last. */
const linePattern = /^\| (?<id>[FGPRW]\d+) \|.*\| (?<carried>[^|]*) \|$/u;

export interface SpecLine {
  readonly id: string;
  /** Files named as carrying it; none when it is marked as not carried. */
  readonly files: readonly string[];
}

const nobody = "not yet";
const listStart = "<!-- not yet carried: written by `npm run spec` -->";
const listEnd = "<!-- end of list -->";

export function linesOf(spec: string): readonly SpecLine[] {
  return spec.split("\n").flatMap((line) => {
    const groups = linePattern.exec(line)?.groups;
    if (groups === undefined) return [];
    const files = [...(groups["carried"] ?? "").matchAll(/`(?<file>[^`]+)`/gu)];
    return [
      { id: groups["id"] ?? "", files: files.map(({ groups: found }) => found?.["file"] ?? "") },
    ];
  });
}

/** The promises listed under "Not yet carried". */
export function openIdsOf(spec: string): readonly string[] {
  const [, after = ""] = spec.split(listStart);
  return idsIn(after.split(listEnd)[0] ?? "");
}

/** The page with both written anew from the carriers. */
export function withCarriers(
  spec: string,
  carriers: ReadonlyMap<string, readonly string[]>,
): string {
  const open: string[] = [];
  const lines = spec.split("\n").map((line) => {
    const groups = linePattern.exec(line)?.groups;
    if (groups === undefined) return line;
    const id = groups["id"] ?? "";
    const files = carriers.get(id) ?? [];
    if (files.length === 0) open.push(id);
    const said = files.length === 0 ? nobody : files.map((file) => `\`${file}\``).join(", ");
    const carried = groups["carried"] ?? "";
    return `${line.slice(0, line.length - carried.length - 2)}${said} |`;
  });
  const [before = "", rest = ""] = lines.join("\n").split(listStart);
  const [, after = ""] = rest.split(listEnd);
  const list = open.length === 0 ? "None." : `${open.join(", ")}.`;
  return `${before}${listStart}\n\n${list}\n\n${listEnd}${after}`;
}
