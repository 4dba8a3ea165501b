// `tandem doctor`: looks at everything a sync needs, and says of each thing what to do.
import { exitCodes, exitOfFinding, worst } from "../exit.ts";
import type { Io } from "../io.ts";
import { findingsSummary, findingText } from "../render/findings.ts";
import { styleOf } from "../render/style.ts";
import type { DoctorFinding, Services } from "../services.ts";

export async function run(
  services: Services,
  io: Io,
  { pairs }: { readonly pairs: readonly string[] },
): Promise<number> {
  const findings: DoctorFinding[] = [];
  for await (const finding of services.doctor(pairs)) {
    findings.push(finding);
    io.json({ type: "finding", ...finding });
    if (!io.isQuiet || finding.level !== "ok") io.line(findingText(finding, styleOf(io)));
  }
  io.line(`\n${findingsSummary(findings, styleOf(io))}`);
  return worst([exitCodes.ok, ...findings.map(exitOfFinding)]);
}
