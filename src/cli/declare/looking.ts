// The commands that only look: status, explain, doctor.
import { example, type Frame } from "./frame.ts";

export function addLooking({ program, perform }: Frame): void {
  const status = program
    .command("status")
    .argument("[pair...]", "names of pairs (default: all)")
    .description("how each pair stands, one line each")
    .action((pairs: string[]) =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/status.ts");
        return withServices((services) => run(services, io, { pairs }));
      }),
    );
  example(status, "tandem status");
  const explain = program
    .command("explain")
    .argument("<row>", "a title, or the beginning of one; or an id")
    .argument("[field]", "one field only")
    .description("why a row's cells hold what they hold")
    .option("--pair <pair>", "look in one pair only")
    .action((row: string, field: string | undefined, flags: { pair?: string }) =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/explain.ts");
        const asked = { row, field: field ?? null, pair: flags.pair ?? null };
        return withServices((services) => run(services, io, asked));
      }),
    );
  example(explain, 'tandem explain "Checkout redesign" Status');
  const doctor = program
    .command("doctor")
    .argument("[pair...]", "names of pairs (default: all)")
    .description("check tokens, sharing, fields, options, store and quota")
    .action((pairs: string[]) =>
      perform(async ({ io, withServices }) => {
        const { run } = await import("../commands/doctor.ts");
        return withServices((services) => run(services, io, { pairs }));
      }),
    );
  example(doctor, "tandem doctor --config config/tandem.yaml");
}
