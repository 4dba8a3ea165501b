// What mutants are tried against: the tests of the pure parts, as one project, so that a mutant runs
// only the tests that reach its line. The checks of the sources themselves stay out: they would see
// the marks that the mutants leave.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: { include: ["src/**/*.test.ts"], testTimeout: 30_000 },
});

export default config;
