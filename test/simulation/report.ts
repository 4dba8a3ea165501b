// The table at the end of many histories: what was played, what was tested for certain, which lines of
// the decision tables were met, and what went wrong.
import type { Sum } from "./many.ts";
import { isOpen } from "./open.ts";

export interface Report {
  readonly isGood: boolean;
  readonly lines: readonly string[];
  /** The same numbers, for documents. */
  readonly numbers: Readonly<Record<string, unknown>>;
}

const fieldRules = Array.from({ length: 22 }, (_, at) => `F${at + 1}`);
const rowRules = Array.from({ length: 27 }, (_, at) => `R${at + 1}`);

/** Lines of the tables that no history can meet, and why. */
const unmet: Readonly<Record<string, string>> = {
  F20: "the pair stops before any cell is looked at",
  F22: "not offered in this version",
  R22: "a create under way is frozen (R26) until it is settled",
};

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).toSorted(([, one], [, two]) => two - one);
  return entries.map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}

/** Numbered names in their order: P2 before P10. */
function byNumber(counts: Readonly<Record<string, number>>): string {
  const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
  return Object.entries(counts)
    .toSorted(([one], [two]) => numberOf(one) - numberOf(two))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function quantile(counts: Readonly<Record<string, number>>, share: number): number {
  const values = Object.entries(counts)
    .flatMap(([value, count]) => Array.from({ length: count }, () => Number(value)))
    .toSorted((one, two) => one - two);
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

export function report(
  sum: Sum,
  at: { readonly from: number; readonly seconds: number; readonly isHurried: boolean },
): Report {
  const { counts } = sum;
  const group = (name: string): Readonly<Record<string, number>> => counts[name] ?? {};
  const total = (name: string): number =>
    Object.values(group(name)).reduce((all, count) => all + count, 0);
  const rules = group("rule");
  // Hurried histories are narrow on purpose.
  const isLarge = sum.histories >= 1_000 && !at.isHurried;
  const missing = [...fieldRules, ...rowRules].filter(
    (rule) => (rules[rule] ?? 0) === 0 && unmet[rule] === undefined,
  );
  const runs = group("runs to rest");
  const numbers = {
    from: at.from,
    histories: sum.histories,
    failures: sum.failures,
    seconds: Math.round(at.seconds),
    calls: total("calls"),
    crashes: total("crash"),
    engineWrites: total("engine"),
    humanEdits: total("people"),
    violations: group("violation"),
    tested: group("tested"),
    rules,
    unmet,
    relation: group("relation"),
    faults: group("fault"),
    crashAt: group("crash"),
    acts: group("people"),
    undone: group("undo"),
    windows: group("window"),
    held: group("held"),
    alone: group("alone"),
    unknown: group("unknown"),
    runs: group("run"),
    runsToRest: { p50: quantile(runs, 0.5), p99: quantile(runs, 0.99), max: quantile(runs, 1) },
    counts,
  };
  const fresh = sum.failures.filter((failure) => !isOpen(failure));
  const isGood = fresh.length === 0 && !(isLarge && missing.length > 0);
  return {
    isGood,
    numbers,
    lines: linesOf({ numbers, missing, isLarge, sum, seconds: at.seconds }),
  };
}

interface Shown {
  readonly numbers: {
    readonly calls: number;
    readonly crashes: number;
    readonly engineWrites: number;
    readonly humanEdits: number;
    readonly runsToRest: { readonly p50: number; readonly p99: number; readonly max: number };
    readonly violations: Readonly<Record<string, number>>;
    readonly tested: Readonly<Record<string, number>>;
    readonly rules: Readonly<Record<string, number>>;
    readonly relation: Readonly<Record<string, number>>;
    readonly faults: Readonly<Record<string, number>>;
    readonly acts: Readonly<Record<string, number>>;
    readonly undone: Readonly<Record<string, number>>;
    readonly windows: Readonly<Record<string, number>>;
    readonly held: Readonly<Record<string, number>>;
    readonly alone: Readonly<Record<string, number>>;
    readonly unknown: Readonly<Record<string, number>>;
    readonly runs: Readonly<Record<string, number>>;
  };
  readonly missing: readonly string[];
  readonly isLarge: boolean;
  readonly sum: Sum;
  readonly seconds: number;
}

function linesOf({ numbers, missing, isLarge, sum, seconds }: Shown): readonly string[] {
  const { runsToRest, rules } = numbers;
  const met = (names: readonly string[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, rules[name] ?? 0]));
  return [
    "",
    `histories      ${sum.histories} in ${seconds.toFixed(0)} s (${(sum.histories / seconds).toFixed(1)} a second)`,
    `calls          ${numbers.calls}`,
    `crashes        ${numbers.crashes}`,
    `engine writes  ${numbers.engineWrites}`,
    `people's acts  ${numbers.humanEdits}: ${listed(numbers.acts)}`,
    `runs           ${listed(numbers.runs)}`,
    `runs to rest   p50 ${runsToRest.p50}, p99 ${runsToRest.p99}, max ${runsToRest.max}`,
    `tested         ${byNumber(numbers.tested)}`,
    `field rules    ${byNumber(met(fieldRules))}`,
    `row rules      ${byNumber(met(rowRules))}`,
    `never met      ${missing.join(", ") || "none"}${missing.length > 0 && isLarge ? "  <- this fails the run" : ""}`,
    ...Object.entries(unmet).map(([rule, why]) => `  ${rule} cannot be met: ${why}`),
    `order said     ${listed(numbers.relation)}`,
    `call × fault   ${listed(numbers.faults)}`,
    `undo came to   ${listed(numbers.undone)}`,
    `races counted  ${listed(numbers.windows)}`,
    `held at rest   ${listed(numbers.held)}`,
    `alone at rest  ${listed(numbers.alone)}`,
    `unknown        ${listed(numbers.unknown)}`,
    `violations     ${byNumber(numbers.violations) || "none"}`,
    `failing seeds  ${sum.failures.length}, of them open ${sum.failures.filter(isOpen).length}`,
  ];
}
