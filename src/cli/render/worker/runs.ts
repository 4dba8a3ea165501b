// `tandem worker runs`, `databases` and `webhooks`: lists, newest or nearest first.
import type { DatabaseView, RunLogView, WebhookView } from "../../../app/worker/view.ts";
import type { Delivered } from "../../../app/worker/webhook/deliver.ts";
import type { OnewayRun, StoredLogLine } from "../../../store/oneway-store.ts";
import { oneLine, paragraph, phrases } from "../../plain.ts";
import { table, type Cell } from "../../table.ts";
import { ago, duration, instantText } from "../../time.ts";
import type { Style } from "../style.ts";
import { countsText, requestsText, runLengthMs, runPaint, until } from "./words.ts";

export function runsText(runs: readonly OnewayRun[], style: Style): string {
  if (runs.length === 0) return "No runs yet.";
  const rows = runs.map((run): readonly Cell[] => [
    { text: run.id },
    { text: run.sync, paint: style.colour.strong },
    { text: run.status, paint: runPaint(run.status, style) },
    { text: ago(run.startedAtMs, style.nowMs) },
    { text: whatText(run) },
  ]);
  return table(rows, {
    width: style.width,
    flexible: 4,
    header: ["Run", "Sync", "Status", "Started", "What"],
  });
}

function whatText({ error, counts, trigger }: OnewayRun): string {
  if (error !== null) return oneLine(error.message);
  if (trigger === "webhook") return "webhook";
  return trigger === "preview" ? `preview: ${countsText(counts)}` : countsText(counts);
}

export function runLogText({ run, lines }: RunLogView, style: Style): string {
  const { colour, width, nowMs } = style;
  const calls = requestsText(run.requests);
  const figures = [
    `${run.trigger} run, ${instantText(run.startedAtMs)}`,
    duration(runLengthMs(run, nowMs)),
    countsText(run.counts),
    ...(calls === "" ? [] : [calls]),
  ];
  return [
    `${colour.strong(run.sync)}  ${runPaint(run.status, style)(run.status)}`,
    colour.faint(phrases(figures, 2, width)),
    ...(run.error === null
      ? []
      : [colour.fail(paragraph(oneLine(`${run.error.name}: ${run.error.message}`), 2, width))]),
    ...(lines.length === 0 ? [colour.faint("  It printed nothing.")] : lines.map(logLine)),
  ].join("\n");
}

/** `14:02:33.120 out  text`; the day stands in the head. */
export function logLine({ atMs, stream, text }: StoredLogLine): string {
  return `  ${new Date(atMs).toISOString().slice(11, 23)} ${stream.padEnd(4)} ${oneLine(text)}`;
}

export function databasesText(databases: readonly DatabaseView[], style: Style): string {
  if (databases.length === 0) return "No worker declares a database.";
  const rows = databases.map(({ database, type, binding, rows: { live } }): readonly Cell[] => [
    { text: database, paint: style.colour.strong },
    { text: type },
    { text: binding === null ? "not yet" : originWords[binding.origin] },
    { text: String(live) },
    { text: binding === null ? "" : oneLine(binding.title) },
  ]);
  const lines = table(rows, {
    width: style.width,
    flexible: 4,
    header: ["Database", "Declared", "Bound", "Rows", "Title"],
    right: [3],
  });
  const notes = databases.flatMap(({ database, note, binding }) => [
    // Whole, to be clicked or copied.
    ...(binding === null ? [] : [`  ${database}  ${binding.url ?? binding.tableId}`]),
    ...(note === null ? [] : [paragraph(`${database}: ${oneLine(note)}`, 2, style.width)]),
  ]);
  return [lines, "", ...notes].join("\n");
}

const originWords: Record<NonNullable<DatabaseView["binding"]>["origin"], string> = {
  config: "by the config",
  managed: "made here",
  command: "by attach",
};

/** One handled call. */
export function deliveredText(delivered: Delivered, style: Style): string {
  const { hook, run, status, attempts, retryAtMs, error } = delivered;
  const head = `${style.colour.strong(hook)}  ${runPaint(status, style)(status)}  run ${run}`;
  if (error === null) return head;
  const retry =
    retryAtMs === null ? "not tried again" : `tried again ${until(retryAtMs, style.nowMs)}`;
  const text = `${error.name}: ${error.message} (try ${attempts}, ${retry})`;
  return `${head}\n${paragraph(oneLine(text), 2, style.width)}`;
}

export function webhooksText(hooks: readonly WebhookView[], style: Style): string {
  if (hooks.length === 0) return "No worker has a webhook.";
  return table(
    hooks.map((hook): readonly Cell[] => [
      { text: hook.hook, paint: style.colour.strong },
      { text: `POST ${hook.path}` },
      { text: hook.queued === 0 ? "" : `${hook.queued} queued` },
    ]),
    { width: style.width, flexible: 1 },
  );
}
