// `npm test`: every check, cheapest first, then the build and all tests. A check that fails does not
// keep the others from being told; the exit code is 1 when any did. Test counts are left in
// node_modules/.cache/tests.json for whoever wants numbers.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

const counts = "node_modules/.cache/tests.json";

const steps: readonly { readonly name: string; readonly command: string }[] = [
  { name: "format", command: "npm run --silent format:check" },
  { name: "lint", command: "npm run --silent lint" },
  { name: "types", command: "npm run --silent types" },
  { name: "knip", command: "npm run --silent knip" },
  { name: "build", command: "npm run --silent build" },
  {
    name: "tests",
    command: `npx vitest run --reporter=default --reporter=json --outputFile.json=${counts}`,
  },
];

rmSync(counts, { force: true });
const results = steps.map(({ name, command }) => {
  console.log(`\n> ${name}: ${command}`);
  const startMs = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  return { name, isGood: status === 0, seconds: (performance.now() - startMs) / 1_000 };
});

console.log("");
for (const { name, isGood, seconds } of results) {
  console.log(`${isGood ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1;
