// Rules about the shape of a file: its name, its opening, its size, its exports, and loops that say
// what bounds them. Lint looks at most expressions; what is here is what lint has no rule for.
import type { Breach } from "./breach.ts";
import { isTest } from "./imports.ts";
import { isUnder, limits, tableFolders } from "./layers.ts";
import type { Source } from "./source.ts";

export function checkShape(source: Source): readonly Breach[] {
  const { file } = source;
  const found: Breach[] = [];
  const say = (line: number, what: string, mend: string): void => {
    found.push({ file, line, what, mend });
  };
  for (const message of source.syntaxErrors) say(1, `does not parse: ${message}.`, "Mend it.");
  // A test beside its source opens where the source does: what it is for is told there.
  const isBesideSource = file.startsWith("src/") && isTest(file);
  if (!source.hasOpeningComment && !isBesideSource) {
    say(1, "opens without a comment.", "Say what the file is for, in two to six lines.");
  }
  if (source.isBarrel) {
    say(1, "only exports what others declare.", "Import from the file that declares it.");
  }
  if (source.defaultExportLine !== null) {
    say(source.defaultExportLine, "has a default export.", "Give the export a name.");
  }
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.ts$/u.test(name)) {
    say(1, "has a name that is not kebab-case.", "Rename it: lower case, words joined by hyphens.");
  }
  if (/^(?:index|utils?|helpers?|misc|common)\.ts$/u.test(name)) {
    say(1, "has a name that says nothing.", "Name it after the one noun or verb it holds.");
  }
  for (const { line, specifier, path } of source.imports) {
    if (path === null || /\.(?:ts|json)$/u.test(path)) continue;
    say(line, `imports "${specifier}" without its ending.`, "Write the .ts ending.");
  }
  for (const { line, isBounded } of source.openLoops) {
    if (isBounded) continue;
    say(line, "loops without a condition.", "Say in a comment `Bound: …` what ends it, and when.");
  }
  return [...found, ...checkSizes(source)];
}

function checkSizes(source: Source): readonly Breach[] {
  const { file, codeLines } = source;
  if (tableFolders.some((entry) => isUnder(entry, file))) return [];
  const isProduct = file.startsWith("src/") && !isTest(file);
  const linesMax = isProduct ? limits.sourceLinesMax : limits.testLinesMax;
  const found: Breach[] = [];
  if (codeLines > linesMax) {
    found.push({
      file,
      line: 1,
      what: `has ${codeLines} lines of code; the limit is ${linesMax}.`,
      mend: "It holds two nouns: split it between them.",
    });
  }
  if (!isProduct) return found;
  for (const { line, codeLines: length, parameters } of source.functions) {
    if (length > limits.functionLinesMax) {
      found.push({
        file,
        line,
        what: `has a function of ${length} lines; the limit is ${limits.functionLinesMax}.`,
        mend: "Keep the branching, and move plain work into functions of its own.",
      });
    }
    if (parameters > limits.parametersMax) {
      found.push({
        file,
        line,
        what: `has a function of ${parameters} parameters; the limit is ${limits.parametersMax}.`,
        mend: "Pass one options object.",
      });
    }
  }
  return found;
}
