// The sabotage that this process was asked for, and the sources as it has them. Null for every file
// but its own, and for all of them in a run without one.
import { fileURLToPath } from "node:url";
import { sabotaged, type Sabotage } from "./sabotage.ts";
import { sabotages } from "./table.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function asked(): Sabotage | null {
  const name = process.env["TANDEM_SABOTAGE"] ?? "";
  if (name === "") return null;
  const found = sabotages.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`There is no sabotage "${name}".`);
  return found;
}

const sabotage = asked();

/** The source of a file with the sabotage in it, or null when it is not that file's turn. */
export function withSabotage(path: string, source: string): string | null {
  return sabotage !== null && path === `${root}${sabotage.file}`
    ? sabotaged(source, sabotage)
    : null;
}
