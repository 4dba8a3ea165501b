// The commands that move data: sync, plan, apply, serve.
import { example, type Frame } from "./frame.ts";

export function addSyncing({ program, perform }: Frame): void {
  const sync = program
    .command("sync")
    .argument("[pair...]", "names of pairs (default: all)")
    .description("sync both ways, once: the entry for cron")
    .option("--dry-run", "only show what would be done; the same as plan")
    .action((pairs: string[], flags: { dryRun?: boolean }) =>
      perform(async ({ io, withServices }) => {
        if (flags.dryRun === true) {
          const plan = await import("../commands/plan.ts");
          const asked = { pairs, out: null, asksForChanges: false };
          return withServices((services) => plan.run(services, io, asked));
        }
        const { run } = await import("../commands/sync.ts");
        return withServices((services) => run(services, io, { pairs }));
      }),
    );
  example(sync, "*/15 * * * *  cd /srv/tandem && npx tandem sync --quiet   # in a crontab");
  const plan = program
    .command("plan")
    .argument("[pair...]", "names of pairs (default: all)")
    .description("show every change a sync would make, and why; writes nothing")
    .option("-o, --out <file>", "save the plan for `tandem apply`")
    .option("--exit-code", "exit with 2 when there are changes")
    .action((pairs: string[], flags: { out?: string; exitCode?: boolean }) =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/plan.ts");
        const asksForChanges = flags.exitCode === true;
        const asked = { pairs, out: flags.out ?? null, asksForChanges };
        return withServices((services) => run(services, io, asked));
      }),
    );
  example(plan, "tandem plan product-specs --out plan.json");
  const apply = program
    .command("apply")
    .argument("<file>", "a plan saved with `tandem plan --out`")
    .description("carry out a saved plan, leaving out what has moved since")
    .action((file: string) =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/apply.ts");
        return withServices((services) => run(services, io, { file }));
      }),
    );
  example(apply, "tandem apply plan.json");
  const serve = program
    .command("serve")
    .description("run the pairs on their schedules until stopped")
    .action(() =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/serve.ts");
        return withServices((services) => run(services, io));
      }),
    );
  example(serve, "tandem serve --json >> tandem.log");
}
