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
    return { value: services.show(reading.value), editedAt: isoOf(reading.editedAtMs) };
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
    agreed: agreed === null ? null : { rule: agreed.rule, run: agreed.run, at: isoOf(agreed.atMs) },
    [left]: now("left"),
    [right]: now("right"),
    next:
      next === null
        ? null
        : { rule: next.rule, side: next.side === null ? null : { left, right }[next.side] },
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
          },
  };
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
