// The pair's policy as the config would have made it from the setting.
import { pairId } from "../../src/core/ids.ts";
import type {
  ArchivePolicy,
  FieldPolicy,
  GuardSettings,
  PairPolicy,
} from "../../src/core/policy.ts";
import { sided, type Side } from "../../src/core/side.ts";
import { columnOf } from "./fields.ts";
import type { Setting } from "./script.ts";
import { markerNames, markName, markValue } from "./services.ts";

const noLimit = { percent: 100, floor: 10_000, cap: null };

function guardsOf(setting: Setting): GuardSettings {
  const { hotRowMs } = setting;
  if (setting.guards === "loose") {
    return {
      maxRemove: noLimit,
      maxCreate: noLimit,
      massChange: noLimit,
      massBlank: noLimit,
      emptySide: "off",
      hotRowMs,
      settleMs: 120_000,
    };
  }
  return {
    maxRemove: { percent: 5, floor: 1, cap: 100 },
    maxCreate: { percent: 20, floor: 2, cap: null },
    massChange: { percent: 50, floor: 2, cap: null },
    massBlank: { percent: 10, floor: 1, cap: null },
    emptySide: "halt",
    hotRowMs,
    settleMs: 120_000,
  };
}

/** The one filter there is: rows of the stage "Later" are out of scope. */
function filtersOf(setting: Setting): PairPolicy["filters"] {
  const { left, right } = columnOf("stage").names;
  const property = { property: left, select: { does_not_equal: "Later" } };
  return {
    left: setting.filtered === "left" ? property : null,
    right: setting.filtered === "right" ? `{${right}} != "Later"` : null,
  };
}

export function policyOf(setting: Setting): PairPolicy {
  const fields: FieldPolicy[] = setting.fields.map((field) => {
    const { names } = columnOf(field.key);
    const { owner, flow, drift } = field;
    return { name: names.left, fields: names, owner, flow, drift, renames: [], carry: {} };
  });
  if (setting.hasUrl) {
    fields.push({
      name: "@url",
      fields: { left: "@url", right: "Link" },
      owner: "latest",
      flow: "toRight",
      drift: "revert",
      renames: [],
      carry: {},
    });
  }
  const archive = (side: Side): ArchivePolicy | null => {
    const how = setting.archive[side];
    if (how === null) return null;
    if (how === "remove") return { kind: "remove" };
    const field = setting.isMarkMapped ? columnOf("stage").names[side] : markName;
    return { kind: "mark", field, value: markValue };
  };
  return {
    id: pairId("sim"),
    names: { left: "Notion", right: "Airtable" },
    fields,
    match: setting.hasMatch ? [{ left: "Name", right: "Title" }] : [],
    markers: { left: setting.hasLeftMarker ? markerNames.left : null, right: markerNames.right },
    lastSynced: { left: null, right: setting.hasLastSynced ? "Synced" : null },
    creates: setting.creates,
    deletes: setting.deletes,
    archive: sided(archive),
    filters: filtersOf(setting),
    guards: guardsOf(setting),
  };
}
