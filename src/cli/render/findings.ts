// What `doctor` found: a tick, a warning or a cross each, and what to do about the last two.
import type { DoctorFinding } from "../services.ts";
import { oneLine, paragraph } from "../plain.ts";
import { count } from "./count-words.ts";
import type { Style } from "./style.ts";

const marks: Record<DoctorFinding["level"], string> = { ok: "✓", warn: "!", fail: "✗" };

export function findingText(finding: DoctorFinding, style: Style): string {
  const { colour, width } = style;
  const paint = { ok: colour.ok, warn: colour.warn, fail: colour.fail }[finding.level];
  const message = paragraph(`${finding.area}: ${oneLine(finding.message)}`, 4, width).trimStart();
  const line = `  ${paint(marks[finding.level])} ${message}`;
  if (finding.remedy === null) return line;
  return `${line}\n${colour.faint(paragraph(oneLine(finding.remedy), 4, width))}`;
}

export function findingsSummary(findings: readonly DoctorFinding[], { colour }: Style): string {
  const warnings = findings.filter((finding) => finding.level === "warn").length;
  const failures = findings.filter((finding) => finding.level === "fail").length;
  if (failures > 0) {
    const more = warnings > 0 ? ` and ${count(warnings, "warning")}` : "";
    return colour.fail(`${count(failures, "problem")}${more}.`);
  }
  if (warnings > 0) return colour.warn(`Ready, with ${count(warnings, "warning")}.`);
  return colour.ok("Everything is ready.");
}
