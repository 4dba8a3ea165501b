// For plain Node, where vitest does not load the sources: `node --import ./test/sabotage/preload.ts …`.
// The source is changed as text, before its types are stripped.
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withSabotage } from "./load.ts";

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith("file:") && url.endsWith(".ts")) {
      const path = fileURLToPath(url);
      const source = withSabotage(path, readFileSync(path, "utf8"));
      if (source !== null) {
        return { format: "module", source: stripTypeScriptTypes(source), shortCircuit: true };
      }
    }
    return nextLoad(url, context);
  },
});
