// Rules about words: which ones no file may hold, and where the two services may be named.
import type { Breach } from "./breach.ts";
import { isTest } from "./imports.ts";
import { isUnder, providerFree } from "./layers.ts";
import type { Source, TextFact } from "./source.ts";

interface BannedWord {
  readonly pattern: RegExp;
  readonly what: string;
  readonly mend: string;
}

/** Looked for in comments. */
const bannedInComments: readonly BannedWord[] = [
  {
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/u,
    what: "leaves a note to itself.",
    mend: "Do it, or write it down where users see it: docs/spec.md or the README.",
  },
  {
    pattern: /@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable/u,
    what: "silences a checker.",
    mend: "Mend what the checker found.",
  },
];

/** Looked for in comments and, tests aside, in strings: a folder that exists on one machine only. */
const machinePath: BannedWord = {
  pattern: /(?:^|[\s"'`(=])(?:\/(?:home|Users|root|work|tmp)\/\w|[A-Z]:\\\w)/u,
  what: "names a folder of one machine.",
  mend: "Take the folder from a parameter, or from os.tmpdir().",
};

export function checkWords(source: Source): readonly Breach[] {
  const { file } = source;
  const found = [
    ...bannedInComments.flatMap((word) => findWord(file, word, source.comments)),
    ...findWord(file, machinePath, [...source.comments, ...(isTest(file) ? [] : source.strings)]),
  ];
  for (const line of source.anyLines) {
    found.push({
      file,
      line,
      what: "uses the type `any`.",
      mend: "Say `unknown`, and parse or narrow it.",
    });
  }
  for (const { line, text } of source.marked) {
    found.push({
      file,
      line,
      what: `marks a test with ${text}.`,
      mend: "Let the test run, or remove it.",
    });
  }
  return found;
}

function findWord(file: string, word: BannedWord, texts: readonly TextFact[]): Breach[] {
  return texts.flatMap(({ line, text }) =>
    word.pattern.test(text) ? [{ file, line, what: word.what, mend: word.mend }] : [],
  );
}

/**
 * A service's name as a word or as a part of one: `notionId`, `AIRTABLE_TOKEN`. Letters that only
 * happen to meet, as in `PairTable` and `notional`, are none.
 */
const provider: RegExp = /[Nn]otion(?!al)|NOTION|Airtable|AIRTABLE|(?<![A-Za-z])airtable/u;

/** Comments may name a service, for that is how the source of a quirk is cited. */
export function checkProviders(source: Source): readonly Breach[] {
  const { file } = source;
  if (isTest(file) || !providerFree.some((entry) => isUnder(entry, file))) return [];
  return [...source.names, ...source.strings].flatMap(({ line, text }) =>
    provider.test(text)
      ? [
          {
            file,
            line,
            what: `names a service in "${shortened(text)}".`,
            mend: "Say left and right, and take the names from the pair's policy.",
          },
        ]
      : [],
  );
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
