// What needs no running pair: config check and schema, and the local servers.
import { SyncError } from "../../errors.ts";
import { example, parseCount, type Frame } from "./frame.ts";

interface SandboxFlags {
  readonly rows: string;
  readonly empty?: boolean;
  readonly notionPort?: string;
  readonly airtablePort?: string;
  readonly writeConfig?: string;
}

/** 0, any free port, where none is named. Throws `usage` for what is no port. */
function parsePort(text: string | undefined): number {
  const port = Number(text ?? "0");
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SyncError({
    code: "usage",
    message: `"${text}" is no port.`,
    remedy: "Write a number from 1 to 65535.",
  });
}

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
  example(config, "tandem config check");
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
    .option("--empty", "without any specs")
    .option("--notion-port <port>", "where Notion listens (default: any free port)")
    .option("--airtable-port <port>", "where Airtable listens (default: any free port)")
    .option("--write-config <file>", "also write a config for them")
    .action((flags: SandboxFlags) =>
      perform(async ({ io }) => {
        const { run } = await import("../commands/sandbox.ts");
        return run(io, {
          rows: flags.empty === true ? 0 : parseCount(flags.rows),
          configFile: flags.writeConfig ?? null,
          ports: { notion: parsePort(flags.notionPort), airtable: parsePort(flags.airtablePort) },
        });
      }),
    );
  example(sandbox, "tandem sandbox --write-config sandbox.yaml");
  const demo = program
    .command("demo")
    .description("the whole story on local servers, from the first sync to an undo")
    .option("--fast", "without pauses between the chapters")
    .option("--keep", "keep the store and the history, and tell where they are")
    .action((flags: { fast?: boolean; keep?: boolean }) =>
      perform(async ({ io, openServices }) => {
        const { run } = await import("../commands/demo.ts");
        return run(io, { isFast: flags.fast === true, isKept: flags.keep === true }, openServices);
      }),
    );
  example(demo, "tandem demo --fast");
}
