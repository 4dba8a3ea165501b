// The suite as it is, with one sabotage in the sources: `npm run sabotage` sets TANDEM_SABOTAGE. The
// checks of the sources themselves stay out, and so do the tests of the built program: what they read
// is on disk.
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { withSabotage } from "./test/sabotage/load.ts";
import suite from "./vitest.config.ts";

const plugins = [
  {
    name: "sabotage",
    enforce: "pre" as const,
    transform: (code: string, id: string): string | null =>
      withSabotage(id.split("?")[0] ?? id, code),
  },
];

const config: ViteUserConfig = defineConfig({
  test: {
    // The cache knows sources by what is on disk, and would bring one sabotage into the next run.
    fsModuleCache: false,
    projects: (suite.test?.projects ?? []).map((project) =>
      typeof project === "object" && "test" in project
        ? {
            ...project,
            plugins,
            test: {
              ...project.test,
              exclude: ["test/unit/**", "test/e2e/program.test.ts"],
              fsModuleCache: false,
              // A test that is merely slow on a busy machine has noticed nothing.
              testTimeout: 240_000,
            },
          }
        : project,
    ),
  },
});

export default config;
