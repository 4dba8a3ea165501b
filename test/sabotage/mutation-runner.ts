// The runner that mutants are tried with: Stryker's own for vitest, made to fit vitest 5. That joins
// the names of a test's suites with " > " where the runner (10.1) still asks for blanks, so that no
// test fits and every mutant seems to survive (stryker-js issue 6210). Here each blank of the asked
// names also stands for the arrow, and a verdict that no test was run for is an error.
import { strykerPlugins, strykerValidationSchema } from "@stryker-mutator/vitest-runner";

interface Verdict {
  readonly status: string;
  readonly nrOfTests?: number;
}

interface Project {
  readonly config: { testNamePattern?: RegExp | undefined };
}

/** What is used of the runner: `ctx` is its vitest, there once `init` is through. */
interface Runner {
  ctx?: { readonly projects: readonly Project[] };
  init(): Promise<void>;
  mutantRun(options: { readonly testFilter?: readonly string[] }): Promise<Verdict>;
}

interface Plugin {
  readonly kind: string;
  readonly name: string;
  readonly factory: { (injector: never): Runner; readonly inject: readonly string[] };
}

function withArrows(project: Project): void {
  let pattern: RegExp | undefined;
  Object.defineProperty(project.config, "testNamePattern", {
    enumerable: true,
    get: () => pattern,
    set: (asked: RegExp | undefined) => {
      pattern =
        asked && new RegExp(`^(?:${asked.source.replaceAll(" ", "(?: > | )")})$`, asked.flags);
    },
  });
}

function fitted(runner: Runner): Runner {
  const [init, mutantRun] = [runner.init.bind(runner), runner.mutantRun.bind(runner)];
  runner.init = async () => {
    await init();
    for (const project of runner.ctx?.projects ?? []) withArrows(project);
  };
  runner.mutantRun = async (options) => {
    const verdict = await mutantRun(options);
    if (verdict.status !== "survived" || verdict.nrOfTests !== 0) return verdict;
    return { status: "error", errorMessage: "No test was run." };
  };
  return runner;
}

const [original] = strykerPlugins as unknown as readonly [Plugin];
const factory = Object.assign((injector: never): Runner => fitted(original.factory(injector)), {
  inject: original.factory.inject,
});

const plugins: readonly Plugin[] = [{ kind: original.kind, name: original.name, factory }];
export { plugins as strykerPlugins, strykerValidationSchema };
