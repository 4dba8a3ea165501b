// What is wrong in a config file, and how it is told. All problems of a file are collected and shown
// together: mending one a run would take as many runs as there are slips.
import { SyncError } from "../errors.ts";

export interface ConfigProblem {
  /** An error keeps the program from starting, a warning is only shown. */
  readonly level: "error" | "warning";
  /** Where in the file, as a person would write it: `pairs.specs.fields[2].owner`. Empty: all of it. */
  readonly path: string;
  /** Counted from 1; null when the place has no line of its own, such as a key that is missing. */
  readonly line: number | null;
  readonly column: number | null;
  /** One sentence. Never holds a value that may be a secret. */
  readonly message: string;
  /** One sentence. */
  readonly remedy: string;
}

export type ConfigPath = readonly (string | number)[];

/** `pairs.product-specs.fields[1].owner`; a key that would be misread is quoted. */
export function pathText(path: ConfigPath): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const isPlain = /^[\w@-]+$/u.test(part);
      if (!isPlain) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

export function hasErrors(problems: readonly ConfigProblem[]): boolean {
  return problems.some((problem) => problem.level === "error");
}

/** Problems in the order of the file, each on two or three lines. */
export function problemsText(problems: readonly ConfigProblem[]): string {
  return problems
    .map((problem) => {
      const line = problem.line === null ? "" : `line ${problem.line}  `;
      const path = problem.path === "" ? "the file" : problem.path;
      const mark = problem.level === "warning" ? "warning  " : "";
      return `  ${mark}${line}${path}\n    ${problem.message}\n    ${problem.remedy}`;
    })
    .join("\n\n");
}

export function inFileOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const place = (problem: ConfigProblem): number => problem.line ?? Number.MAX_SAFE_INTEGER;
  return problems.toSorted(
    (one, two) => place(one) - place(two) || (one.column ?? 0) - (two.column ?? 0),
  );
}

/** The error of a file that cannot be used, with all of its problems. */
export function configError(file: string, problems: readonly ConfigProblem[]): SyncError {
  const errors = problems.filter((problem) => problem.level === "error");
  const count = errors.length === 1 ? "a problem" : `${errors.length} problems`;
  return new SyncError({
    code: "config_invalid",
    message: `${file} has ${count}:\n\n${problemsText(errors)}\n`,
    remedy: "Mend the file and look again with `tandem config check`.",
    context: { problems: errors.length },
  });
}
