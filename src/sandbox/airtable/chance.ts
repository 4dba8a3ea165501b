// Every id and every other accident in the Airtable sandbox, from one seed.
//
// Two sandboxes with one seed and one history hand out the same ids, so a failing run can be replayed.

/** Prefixes of Airtable ids; fourteen letters and digits follow. */
export type IdPrefix =
  | "app"
  | "att"
  | "fld"
  | "itr"
  | "rec"
  | "sel"
  | "tbl"
  | "usr"
  | "viw"
  | "wsp";

/** A seeded source of numbers and ids. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number;
  /** A fresh id, e.g. `rec8fQ2…`. */
  id(prefix: IdPrefix): string;
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const idLettersCount = 14;

export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    id: (prefix) => {
      let text: string = prefix;
      while (text.length < prefix.length + idLettersCount) {
        text += idLetters.charAt(Math.floor(next() * idLetters.length));
      }
      return text;
    },
  };
}

/** Whether a text has the shape of an id of that kind; ids are case-sensitive. */
export function isId(text: string, prefix: IdPrefix): boolean {
  return text.length === 17 && text.startsWith(prefix) && /^[A-Za-z0-9]+$/.test(text);
}

/** A stable 32-bit hash of a text, for shuffles and made-up sizes. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV alone leaves neighbours near each other; the final mix spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
