// All sabotages. A new rule of the product brings its own: what somebody might get wrong about it.
import type { Sabotage } from "./sabotage.ts";
import { callSabotages } from "./table/calls.ts";
import { carrySabotages } from "./table/carry.ts";
import { cellSabotages } from "./table/cells.ts";
import { recordSabotages } from "./table/records.ts";
import { rowSabotages } from "./table/rows.ts";
import { runSabotages } from "./table/runs.ts";
import { serviceSabotages } from "./table/services.ts";
import { unnoticedSabotages } from "./table/unnoticed.ts";

export const sabotages: readonly Sabotage[] = [
  ...cellSabotages,
  ...callSabotages,
  ...runSabotages,
  ...serviceSabotages,
  ...rowSabotages,
  ...recordSabotages,
  ...carrySabotages,
  ...unnoticedSabotages,
];
