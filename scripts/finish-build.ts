// Makes the built command line runnable as `tandem`: the compiler keeps the shebang line, but not
// the executable bit that a linked bin needs.
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
