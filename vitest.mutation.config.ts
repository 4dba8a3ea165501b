// What mutants are tried against: the tests of the pure parts, as one project, so that a mutant runs
// only the tests that reach its line. The checks of the sources themselves stay out: they would see
// the marks that the mutants leave. The first test that fails ends a mutant's turn, so the small files
// go first; and files share their modules, which no test of a pure part minds.
import { statSync } from "node:fs";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification): number =>
      statSync(moduleId).size * (moduleId.includes(".prop.") ? 100 : 1);
    return Promise.resolve(files.toSorted((one, two) => weight(one) - weight(two)));
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/core/**/*.test.ts", "src/engine/**/*.test.ts"],
    testTimeout: 30_000,
    isolate: false,
    setupFiles: ["test/sabotage/mutation-setup.ts"],
    sequence: { sequencer: QuickFirst },
  },
});

export default config;
