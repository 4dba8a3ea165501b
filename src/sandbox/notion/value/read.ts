// Takes the reading of a cell, computed columns included.
//
// Computed properties are worked out at every reading, so they are never stale. Relations and people that
// the token cannot see are left out, as they are from answers.
import { evaluateFormula } from "../formula/evaluate.ts";
import type { Property } from "../property.ts";
import { plainText } from "../rich-text.ts";
import { minuteStamp } from "../time.ts";
import type { Page, World } from "../world.ts";
import type { CellValue } from "./cell.ts";
import { chosenOptions } from "./option-value.ts";
import type { FormulaResult, Reader, Reading, Rollup } from "./reading.ts";
import { visibleRelated } from "./relation.ts";
import { rollUp } from "./rollup.ts";

/** How deep computed columns may look through each other before they read as unsupported. */
const depthMax = 8;

export function readCell(world: World, page: Page, property: Property): Reading {
  return readAt({ world, depth: 0 }, page, property);
}

interface Depth {
  readonly world: World;
  readonly depth: number;
}

function readAt(at: Depth, page: Page, property: Property): Reading {
  const { world } = at;
  const { config } = property;
  const cell = page.values.get(property.id);
  switch (config.type) {
    case "title":
    case "rich_text":
      return { kind: "text", text: cell?.kind === "text" ? plainText(world, cell.items) : "" };
    case "url":
    case "email":
    case "phone_number":
      return { kind: "text", text: cell?.kind === "string" ? (cell.text ?? "") : "" };
    case "number":
      return { kind: "number", number: cell?.kind === "number" ? cell.number : null };
    case "unique_id":
      return { kind: "number", number: cell?.kind === "sequence" ? cell.number : null };
    case "checkbox":
      return { kind: "checkbox", isChecked: cell?.kind === "checkbox" && cell.isChecked };
    case "select":
    case "status":
    case "multi_select":
      return { kind: "options", options: chosenOptions(config, cell) };
    case "date":
      return { kind: "date", date: cell?.kind === "date" ? cell.date : null };
    case "people":
      return { kind: "ids", ids: cell?.kind === "people" ? cell.userIds : [] };
    case "created_by":
      return { kind: "ids", ids: [page.createdById] };
    case "last_edited_by":
      return { kind: "ids", ids: [page.editedById] };
    case "created_time":
      return { kind: "date", date: { start: minuteStamp(page.createdAtMs), end: null } };
    case "last_edited_time":
      return { kind: "date", date: { start: minuteStamp(page.editedAtMs), end: null } };
    case "relation":
      return { kind: "ids", ids: visibleRelated(world, page, property) };
    case "files":
      return { kind: "files", count: cell?.kind === "files" ? cell.files.length : 0 };
    case "formula":
      return { kind: "formula", result: formulaResult(at, page, config.expression) };
    case "rollup":
      return { kind: "rollup", rollup: rollupResult(at, page, config) };
    case "verification":
      return { kind: "verification", state: verificationState(world, cell) };
    case "button":
    case "place":
      return { kind: "nothing" };
  }
}

function deeper(at: Depth): Reader {
  return (page, property) => readAt({ world: at.world, depth: at.depth + 1 }, page, property);
}

function formulaResult(at: Depth, page: Page, expression: string): FormulaResult {
  if (at.depth > depthMax) return { type: "unsupported" };
  return evaluateFormula({ world: at.world, page, read: deeper(at) }, expression);
}

function rollupResult(
  at: Depth,
  page: Page,
  config: Parameters<typeof rollUp>[0]["config"],
): Rollup {
  if (at.depth > depthMax) return { type: "unsupported" };
  return rollUp({ world: at.world, page, config, read: deeper(at) });
}

function verificationState(
  world: World,
  cell: CellValue | undefined,
): "verified" | "expired" | "none" {
  if (cell?.kind !== "verification" || cell.verification.state === "unverified") return "none";
  const end = cell.verification.date?.end ?? null;
  return end !== null && Date.parse(end) < world.clock.nowMs() ? "expired" : "verified";
}
