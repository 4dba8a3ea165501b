// What a person should know about a run, line by line. Each thing is told once, and there is a bound:
// ten thousand rows with the same flaw are one story.

/** Lines kept; the rest is only counted. */
const notesMax = 200;

export interface Notes {
  add(text: string): void;
  /** Those that came since the last call. */
  takeNew(): readonly string[];
  all(): readonly string[];
}

export function makeNotes(): Notes {
  const told = new Set<string>();
  let takenCount = 0;
  let dropped = 0;
  const all = (): readonly string[] => [
    ...told,
    ...(dropped === 0 ? [] : [`… and ${dropped} more.`]),
  ];
  return {
    add: (text) => {
      if (told.has(text)) return;
      if (told.size < notesMax) told.add(text);
      else dropped += 1;
    },
    takeNew: () => {
      const fresh = [...told].slice(takenCount);
      takenCount = told.size;
      return fresh;
    },
    all,
  };
}
