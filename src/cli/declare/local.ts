// What needs no running pair: config check and schema, and the local servers.
import { example, parseCount, type Frame } from "./frame.ts";

export function addLocal({ program, perform }: Frame): void {
  const config = program.command("config").description("check the config file, or describe it");
  const check = config
    .command("check")
    .description("tell every problem of the config file, with its line")
    .action(() =>
      perform(async ({ io, loadOptions }) => {
        const command = await import("../commands/config.ts");
        return command.check(io, loadOptions);
      }),
    );
  example(check, "tandem config check --config config/tandem.yaml");
  const schema = config
    .command("schema")
    .description("print the JSON Schema of the config file, for editors")
    .action(() =>
      perform(async ({ io }) => {
        const command = await import("../commands/config.ts");
        return command.schema(io);
      }),
    );
  example(schema, "tandem config schema > config/tandem.schema.json");
  const sandbox = program
    .command("sandbox")
    .description("local Notion and Airtable servers to try things on")
    .option("--rows <count>", "specs to begin with", "47")
    .option("--write-config <file>", "also write a config for them")
    .action((flags: { rows: string; writeConfig?: string }) =>
      perform(async ({ io }) => {
        const { run } = await import("../commands/sandbox.ts");
        const asked = { rows: parseCount(flags.rows), configFile: flags.writeConfig ?? null };
        return run(io, asked);
      }),
    );
  example(sandbox, "tandem sandbox --write-config sandbox.yaml");
}
