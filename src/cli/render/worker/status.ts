// `tandem worker status`: a line a sync, and below it what somebody has to know or do. One sync alone
// is told in full.
import type { SyncView } from "../../../app/worker/view.ts";
import { oneLine, paragraph, phrases } from "../../plain.ts";
import { table, type Cell } from "../../table.ts";
import { ago, duration } from "../../time.ts";
import { count } from "../count-words.ts";
import type { Style } from "../style.ts";
import {
  countsText,
  healthPaint,
  requestsText,
  runLengthMs,
  runPaint,
  scheduleText,
  until,
} from "./words.ts";

export function syncsText(syncs: readonly SyncView[], style: Style): string {
  const header = ["Sync", "Health", "Schedule", "Rows", "Last start", "Next"];
  const lines = table(
    syncs.map((sync) => row(sync, style)),
    { width: style.width, flexible: 0, header, right: [3] },
  );
  const advice = syncs.flatMap((sync) => adviceFor(sync, style));
  return [lines, ...advice].join("\n");
}

function row(sync: SyncView, style: Style): readonly Cell[] {
  const { colour, nowMs } = style;
  return [
    { text: sync.sync, paint: colour.strong },
    { text: sync.health, paint: healthPaint(sync.health, style) },
    { text: scheduleText(sync.schedule) },
    { text: String(sync.rows.live) },
    { text: sync.lastStartAtMs === null ? "never" : ago(sync.lastStartAtMs, nowMs) },
    { text: nextText(sync, nowMs) },
  ];
}

function nextText(sync: SyncView, nowMs: number): string {
  if (sync.isRunning) return "running";
  if (sync.nextStartAtMs === null) return sync.schedule.kind === "manual" ? "by hand" : "rests";
  return until(sync.nextStartAtMs, nowMs);
}

/** Everything there is to say of one sync. */
export function syncText(sync: SyncView, style: Style): string {
  const { colour, width, nowMs } = style;
  const label = healthPaint(sync.health, style)(sync.health);
  const { rows } = sync;
  const facts = [
    `${sync.mode}, ${scheduleText(sync.schedule)}`,
    count(rows.live, "row"),
    ...(rows.trashed > 0 ? [`${rows.trashed} in the trash`] : []),
    ...(sync.waiting > 0 ? [`${count(sync.waiting, "row")} with relations that wait`] : []),
    `${count(sync.cyclesDone, "cycle")} done`,
  ];
  const times = [
    `last start ${sync.lastStartAtMs === null ? "never" : ago(sync.lastStartAtMs, nowMs)}`,
    ...(sync.lastSuccessAtMs === null
      ? []
      : [`last went well ${ago(sync.lastSuccessAtMs, nowMs)}`]),
    `next ${nextText(sync, nowMs)}`,
    ...(sync.failures > 0 ? [`${count(sync.failures, "failure")} in a row`] : []),
  ];
  return [
    `${colour.strong(sync.sync)}  ${label}`,
    phrases(facts, 2, width),
    phrases(times, 2, width),
    ...cycleLine(sync, style),
    ...runLine(sync, style),
    ...adviceFor(sync, style),
  ].join("\n");
}

function cycleLine({ cycle }: SyncView, { width, nowMs }: Style): readonly string[] {
  if (cycle === null) return [];
  const parts = [
    `cycle ${cycle.number} began ${ago(cycle.startedAtMs, nowMs)}`,
    count(cycle.executions, "execution"),
    `${count(cycle.seen, "row")} seen so far`,
  ];
  return [phrases(parts, 2, width)];
}

function runLine({ lastRun }: SyncView, style: Style): readonly string[] {
  if (lastRun === null) return [];
  const calls = requestsText(lastRun.requests);
  const parts = [
    `run ${lastRun.id}`,
    runPaint(lastRun.status, style)(lastRun.status),
    countsText(lastRun.counts),
    duration(runLengthMs(lastRun, style.nowMs)),
    ...(calls === "" ? [] : [calls]),
  ];
  return [phrases(parts, 2, style.width)];
}

function adviceFor(sync: SyncView, style: Style): readonly string[] {
  const { colour, width, nowMs } = style;
  const tell = (message: string, remedy: string): string =>
    `\n${colour.strong(sync.sync)}\n${paragraph(oneLine(message), 2, width)}\n${colour.faint(paragraph(oneLine(remedy), 2, width))}`;
  const found: string[] = [];
  if (sync.held !== null) {
    const { message, atMs } = sync.held;
    found.push(
      tell(`Removal held ${ago(atMs, nowMs)}: ${message}`, `tandem worker confirm ${sync.sync}`),
    );
  }
  if (sync.failures > 0 && sync.lastFailure !== null) {
    const { name, message, atMs } = sync.lastFailure;
    const streak = sync.failures === 1 ? "Failed" : `Failed ${sync.failures} times in a row, last`;
    const log =
      sync.lastRun === null
        ? "tandem worker runs list"
        : `tandem worker runs logs ${sync.lastRun.id}`;
    found.push(tell(`${streak} ${ago(atMs, nowMs)}: ${name}: ${message}`, log));
  }
  if (sync.health === "PAUSED") found.push(tell("Paused.", `tandem worker resume ${sync.sync}`));
  if (sync.health === "DISABLED") {
    found.push(
      sync.isOffInConfig
        ? tell(
            "Switched off in the config.",
            "Take enabled: false out there to let it run by itself.",
          )
        : tell("Switched off.", `tandem worker enable ${sync.sync}`),
    );
  }
  return found;
}
