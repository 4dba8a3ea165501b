// `tandem explain ROW [FIELD]`: why a row's cells hold what they hold.
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { oneLine } from "../plain.ts";
import { explanationText } from "../render/explanation.ts";
import { styleOf } from "../render/style.ts";
import type { ExplainedCell, Explanation, JsonObject, Services } from "../services.ts";

export interface ExplainOptions {
  readonly row: string;
  readonly field: string | null;
  readonly pair: string | null;
}

export async function run(services: Services, io: Io, options: ExplainOptions): Promise<number> {
  const result = await services.explain(options);
  if (result.kind === "row") {
    io.json(explanationJson(services, result.explanation));
    io.line(explanationText(result.explanation, styleOf(io)));
    return exitCodes.ok;
  }
  for (const { pair, title, ids } of result.rows) {
    io.json({ type: "candidate", pair, title, notionId: ids.left, airtableId: ids.right });
  }
  io.line(`Several rows fit "${oneLine(options.row)}". Name one by its id:`);
  for (const { pair, title, ids } of result.rows) {
    const { strong, faint } = io.colour;
    io.line(`  ${strong(oneLine(title) || "(untitled)")}  ${faint(pair)}`);
    io.line(`    ${[ids.left, ids.right].filter((id) => id !== null).join("  ")}`);
  }
  return exitCodes.usage;
}

function explanationJson(services: Services, explained: Explanation): JsonObject {
  const { names, ids, urls } = explained;
  const [left, right] = [names.left.toLowerCase(), names.right.toLowerCase()];
  return {
    type: "explanation",
    pair: explained.pair,
    title: explained.title,
    state: explained.state,
    [`${left}Id`]: ids.left,
    [`${right}Id`]: ids.right,
    [`${left}Url`]: urls.left,
    [`${right}Url`]: urls.right,
    linkedAt: new Date(explained.bornAtMs).toISOString(),
    [`${left}Row`]: rowJson(explained.rows.left),
    [`${right}Row`]: rowJson(explained.rows.right),
    rowRule: explained.rowRule?.rule ?? null,
    notes: explained.notes,
    cells: explained.cells.map((cell) => cellJson(services, cell, { left, right })),
    conflicts: explained.conflicts.map(({ id, kind, field }) => ({ id, kind, field })),
    waiting: explained.waiting,
  };
}

function cellJson(
  services: Services,
  cell: ExplainedCell,
  { left, right }: { readonly left: string; readonly right: string },
): JsonObject {
  const now = (side: "left" | "right"): unknown => {
    const reading = cell.now[side];
    if (reading === null) return null;
    return {
      value: services.show(reading.value),
      editedAt: isoOf(reading.editedAtMs),
      editedAfter: isoOf(reading.editedAfterMs),
    };
  };
  const { base, lastChange, agreed, next } = cell;
  return {
    field: cell.field,
    owner: cell.owner === "left" ? left : cell.owner === "right" ? right : cell.owner,
    flow: cell.flow,
    base:
      base === null
        ? null
        : { [left]: services.show(base.left), [right]: services.show(base.right) },
    lossySide: cell.lossySide === null ? null : { left, right }[cell.lossySide],
    agreed: agreed === null ? null : { rule: agreed.rule, run: agreed.run, at: isoOf(agreed.atMs) },
    [left]: now("left"),
    [right]: now("right"),
    next:
      next === null
        ? null
        : {
            rule: next.rule,
            side: next.side === null ? null : { left, right }[next.side],
            label: next.label,
            refusal: next.refusal,
          },
    lastChange:
      lastChange === null
        ? null
        : {
            run: lastChange.run,
            at: isoOf(lastChange.atMs),
            side: { left, right }[lastChange.side],
            before: services.show(lastChange.before),
            after: services.show(lastChange.after),
            rule: lastChange.rule,
            request: lastChange.opId,
            label: lastChange.label,
          },
  };
}

function rowJson(row: Explanation["rows"]["left"]): JsonObject | null {
  if (row === null) return null;
  return {
    state: row.state,
    editedAt: isoOf(row.stampMs),
    readFrom: isoOf(row.readAt?.startMs ?? null),
    readTo: isoOf(row.readAt?.endMs ?? null),
  };
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
