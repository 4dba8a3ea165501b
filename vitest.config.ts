import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** With `vi.mock`, which comes too late for a module that another file has loaded. */
const apart = [
  "test/contract/history-asked.test.ts",
  "test/contract/history-disk.test.ts",
  "test/contract/serve.test.ts",
];

/**
 * Five projects by what a test needs: `unit` is pure; `contract` talks to adapters (a store file, a
 * loopback server); `apart` puts something else in the place of a module; `recorded` replays recorded
 * traffic; `e2e` drives the built program. The files of the first two share the modules that are loaded,
 * which saves a good part of their time.
 *
 * The files that take longest wait for child processes most of their time, so a machine with two cores
 * is well used by three of them.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: "test/fixture/own-temporary-folder.ts",
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/unit/**/*.test.ts"],
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "contract",
          include: [
            "test/contract/**/*.test.ts",
            "test/engine/**/*.test.ts",
            "test/crash/**/*.test.ts",
            "test/simulation/**/*.test.ts",
          ],
          exclude: apart,
          isolate: false,
          testTimeout: 30_000,
        },
      },
      { test: { name: "apart", include: apart, testTimeout: 30_000 } },
      { test: { name: "recorded", include: ["test/recorded/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "e2e",
          include: [
            "test/e2e/**/*.test.ts",
            "test/blackbox/**/*.test.ts",
            "test/scenario/**/*.test.ts",
          ],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

export default config;
