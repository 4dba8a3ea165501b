// What a person decides after the fact: conflicts, conflicts resolve, undo.
import { example, type Frame } from "./frame.ts";

export function addDeciding({ program, perform }: Frame): void {
  const conflicts = program
    .command("conflicts")
    .argument("[pair...]", "names of pairs (default: all)")
    .description("what waits for a person")
    .action((pairs: string[]) =>
      perform(async ({ io, withServices }) => {
        const command = await import("../commands/conflicts.ts");
        return withServices((services) => command.run(services, io, { pairs }));
      }),
    );
  example(conflicts, "tandem conflicts");
  const resolve = conflicts
    .command("resolve")
    .argument("<id>", "the conflict's id")
    .description("answer a conflict; the next sync carries the answer out")
    .requiredOption("--keep <what>", "notion, airtable, or a value (=notion for that very word)")
    .action((id: string, flags: { keep: string }) =>
      perform(async ({ io, withServices }) => {
        const command = await import("../commands/conflicts.ts");
        return withServices((services) => command.resolve(services, io, { id, keep: flags.keep }));
      }),
    );
  example(resolve, "tandem conflicts resolve k7f2 --keep airtable");
  const undo = program
    .command("undo")
    .argument("<run>", "the run's id")
    .description("put back what a run wrote, where nobody has changed it since")
    .action((run: string) =>
      perform(async ({ io, withServices }) => {
        const command = await import("../commands/undo.ts");
        return withServices((services) => command.run(services, io, { run }));
      }),
    );
  example(undo, "tandem undo 20261121-140233-k7f2 --yes");
}
