// Looks at everything a sync will need, and says what to do about what is missing. Writes nothing.
import type { DoctorFinding } from "../cli/services.ts";
import type { PairConfig } from "../config/load.ts";
import { makeSetup, type PairSetup } from "../core/setup.ts";
import { sides, type Side } from "../core/side.ts";
import type { Schema } from "../core/schema.ts";
import { SyncError } from "../errors.ts";
import { selectAnyPairs, type AppContext, type OpenPair } from "./context.ts";
import type { WorkerContext } from "./worker/context.ts";
import { examineWorkers } from "./worker/examine.ts";

/** Free Airtable workspaces have this many calls a month (airtable.com/pricing, checked 2026-11). */
const freeCallsAMonth = 1_000;
const clockSkewMsMax = 60_000;

export async function* doctor(
  app: WorkerContext,
  names: readonly string[],
): AsyncGenerator<DoctorFinding> {
  yield ok("config", `${app.config.file} is valid`);
  for (const problem of app.config.warnings) {
    yield warn("config", {
      message: `${problem.path}: ${problem.message}`,
      remedy: problem.remedy,
    });
  }
  yield ok("store", `${app.config.storePath} can be read and written`);
  yield ok("history", `the audit log is ${app.config.historyPath}`);
  for (const pair of selectAnyPairs(app.config, names)) yield* await examinePair(app, pair);
  if (names.length === 0) yield* examineWorkers(app);
}

function ok(area: string, message: string): DoctorFinding {
  return { level: "ok", area, message, remedy: null, code: null };
}

function warn(area: string, said: { message: string; remedy: string }): DoctorFinding {
  return { level: "warn", area, ...said, code: null };
}

async function examinePair(app: AppContext, pair: PairConfig): Promise<readonly DoctorFinding[]> {
  const open = await app.openPair(pair);
  const findings: DoctorFinding[] = [];
  const schemas: { left: Schema | null; right: Schema | null } = { left: null, right: null };
  for (const side of sides) {
    const name = pair.policy.names[side];
    try {
      const schema = await open.deps.connectors[side].describe();
      schemas[side] = schema;
      const count = schema.fields.filter((field) => !field.name.startsWith("@")).length;
      findings.push(ok(pair.id, `${name}: "${schema.name}" is reachable, with ${count} fields`));
      findings.push(...clockFinding(app, open, side));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      findings.push(failure(pair.id, error));
    }
  }
  if (schemas.left === null || schemas.right === null) return findings;
  const setup = { left: schemas.left, right: schemas.right };
  return [...findings, ...examineSetup(open, setup)];
}

function failure(area: string, error: SyncError): DoctorFinding {
  return { level: "fail", area, message: error.message, remedy: error.remedy, code: error.code };
}

function clockFinding(app: AppContext, open: OpenPair, side: Side): readonly DoctorFinding[] {
  const skewMs = app.nowMs() - open.deps.connectors[side].nowMs();
  if (Math.abs(skewMs) < clockSkewMsMax) return [];
  return [
    warn(open.pair.id, {
      message: `this machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? "ahead of" : "behind"} ${open.policy.names[side]}'s`,
      remedy:
        "Syncing goes by the services' clocks and still works; set this one right all the same.",
    }),
  ];
}

function examineSetup(
  open: OpenPair,
  schemas: { readonly left: Schema; readonly right: Schema },
): readonly DoctorFinding[] {
  const { pair, policy } = open;
  const result = makeSetup(policy, schemas, { left: [], right: [] });
  if (result.kind === "problems") {
    return result.problems.map((problem) => ({
      level: "fail",
      area: pair.id,
      message: problem.message,
      remedy: problem.remedy,
      code: "config_invalid",
    }));
  }
  const { setup } = result;
  return [
    ok(pair.id, `${setup.mappings.length} mappings fit both tables`),
    ...lossFindings(pair.id, setup),
    ...optionFindings(pair.id, setup),
    ...safetyFindings(open, setup),
    ...quotaFindings(open),
  ];
}

function lossFindings(pair: string, setup: PairSetup): readonly DoctorFinding[] {
  return setup.mappings.flatMap((mapping) => {
    const { loss } = mapping.bridge;
    // That a one-line field holds no line breaks surprises nobody.
    const isText = sides.every((side) => mapping.fields[side].kind.kind === "text");
    if (loss === null || isText) return [];
    return [
      warn(pair, {
        message: `${mapping.name} (${mapping.fields.left.type} with ${mapping.fields.right.type}): not kept in step: ${loss}`,
        remedy:
          "Nothing to do, unless that matters to you; then map it to a field of another type.",
      }),
    ];
  });
}

/** Options of a list that nothing can be added to, and that the other side has and this one lacks. */
function optionFindings(pair: string, setup: PairSetup): readonly DoctorFinding[] {
  return setup.mappings.flatMap((mapping) =>
    sides.flatMap((side) => {
      const mine = mapping.fields[side].kind;
      const theirs = mapping.fields[side === "left" ? "right" : "left"].kind;
      if (mine.kind !== "choice" || mine.canAddOptions || theirs.kind !== "choice") return [];
      const missing = theirs.options.filter(
        (option) =>
          mapping.bridge.carry(side, { kind: "choice", name: option.name }).kind === "refused",
      );
      if (missing.length === 0) return [];
      const names = missing.map((option) => `"${option.name}"`).join(", ");
      return [
        warn(pair, {
          message: `${mapping.name}: ${setup.policy.names[side]} has no option for ${names}`,
          remedy: "Add the options there, or rename them on the way with map:.",
        }),
      ];
    }),
  );
}

function safetyFindings(open: OpenPair, setup: PairSetup): readonly DoctorFinding[] {
  const { policy } = setup;
  const findings: DoctorFinding[] = [];
  for (const side of sides) {
    const name = policy.names[side];
    if (setup.markers[side] === null && policy.creates[side]) {
      findings.push(
        warn(open.pair.id, {
          message: `${name} has no link marker: a create there whose answer is lost is not repeated, but waits for you`,
          remedy: `Add a text field for the other row's id, and name it under link: for ${name}.`,
        }),
      );
    }
    if (open.deps.connectors[side].capabilities.stampStepMs === null) {
      findings.push(
        warn(open.pair.id, {
          message: `${name} has no "last modified time" field: a stale reading cannot be recognised there, and the order of edits is asked for at the price of a call`,
          remedy: `Add a field of that type to the table in ${name}, covering the mapped fields.`,
        }),
      );
    }
    if (policy.deletes === "archive" && policy.archive[side] === null) {
      findings.push(
        warn(open.pair.id, {
          message: `rows removed on the other side cannot be put away in ${name}: archive: does not say how`,
          remedy: `Set archive: for ${name}, or deletes: ignore.`,
        }),
      );
    }
  }
  return findings;
}

function quotaFindings(open: OpenPair): readonly DoctorFinding[] {
  const { schedule } = open.pair;
  if (schedule === null) return [];
  const perDay = runsADay(schedule);
  if (perDay === null) return [];
  // Two calls is the least a run can do: the schema, and one page.
  const callsAMonth = perDay * 30 * 2;
  if (callsAMonth <= freeCallsAMonth) return [];
  return [
    warn(open.pair.id, {
      message: `the schedule means at least ${callsAMonth} Airtable calls a month`,
      remedy: `A free Airtable workspace has ${freeCallsAMonth}; on such a plan, run less often.`,
    }),
  ];
}

/** For the common forms of minute fields only; null for others. */
function runsADay(schedule: string): number | null {
  const match = /^\*\/(\d{1,2}) \* \* \* \*$/.exec(schedule.trim());
  if (match !== null) return Math.floor(60 / Math.max(1, Number(match[1]))) * 24;
  if (/^\d{1,2} \* \* \* \*$/.test(schedule.trim())) return 24;
  return null;
}
