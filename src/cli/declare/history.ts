// The audit log: history, and history verify.
import { Option } from "commander";
import type { HistoryLine } from "../../history/line.ts";
import { example, parseCount, type Frame } from "./frame.ts";

const kinds = [
  "run",
  "change",
  "conflict",
  "problem",
  "halt",
] as const satisfies readonly HistoryLine["type"][];

interface HistoryFlags {
  readonly pair?: string;
  readonly row?: string;
  readonly field?: string;
  readonly since?: string;
  readonly kind?: HistoryLine["type"][];
  readonly limit?: string;
  readonly follow?: boolean;
}

export function addHistory({ program, perform }: Frame): void {
  const history = program
    .command("history")
    .argument("[run]", "a run's id, or the beginning of one")
    .description("the runs, or the changes of one run, from the audit log")
    .option("--pair <pair>", "lines of one pair")
    .option("--row <row>", "lines of one row: a title or an id")
    .option("--field <field>", "lines about one field")
    .option("--since <time>", "no older lines: 2h, 3d, 2026-11-01")
    .addOption(new Option("--kind <kind...>", "lines of these kinds").choices(kinds))
    .option("-n, --limit <count>", "the newest so many lines")
    .option("-f, --follow", "go on with new lines as they come")
    .action((run: string | undefined, flags: HistoryFlags) =>
      perform(async ({ io, withServices }) => {
        const command = await import("../commands/history.ts");
        const asked = {
          run: run ?? null,
          pair: flags.pair ?? null,
          row: flags.row ?? null,
          field: flags.field ?? null,
          since: flags.since ?? null,
          kinds: flags.kind ?? [],
          countMax: flags.limit === undefined ? null : parseCount(flags.limit),
          isFollowed: flags.follow === true,
        };
        return withServices((services) => command.run(services, io, asked));
      }),
    );
  example(history, "tandem history --field Status --since 3d");
  const verify = history
    .command("verify")
    .description("look whether a line of the audit log was removed or changed")
    .action(() =>
      perform(async ({ io, withServices }) => {
        const command = await import("../commands/history.ts");
        return withServices((services) => command.verify(services, io));
      }),
    );
  example(verify, "tandem history verify");
}
