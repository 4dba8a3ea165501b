// What a person does to a pair as a whole: pause, resume, release, resync.
import { Option } from "commander";
import type { PairAction } from "../services.ts";
import { example, type Frame } from "./frame.ts";

const pairActions: Record<"pause" | "resume" | "release", string> = {
  pause: "let a pair rest until it is resumed",
  resume: "let a paused pair run again",
  release: "let the next run pass the guard that stopped the last one",
};

export function addPair({ program, perform }: Frame): void {
  const pair = program.command("pair").description("pause, resume, resync or release a pair");
  example(pair, "tandem pair pause product-specs");
  const act = (action: PairAction): Promise<void> =>
    perform(async ({ io, withServices }) => {
      const { run } = await import("../commands/pair.ts");
      return withServices((services) => run(services, io, action));
    });
  for (const kind of ["pause", "resume", "release"] as const) {
    const command = pair
      .command(kind)
      .argument("<pair>", "the pair's name")
      .description(pairActions[kind])
      .action((name: string) => act({ kind, pair: name }));
    example(command, `tandem pair ${kind} product-specs`);
  }
  const resync = pair
    .command("resync")
    .argument("<pair>", "the pair's name")
    .description("take what both sides hold now as agreed, without writing")
    .addOption(
      new Option("--prefer <side>", "whose value wins where they differ, at the next sync").choices(
        ["notion", "airtable", "newer"],
      ),
    )
    .action((name: string, flags: { prefer?: "notion" | "airtable" | "newer" }) => {
      const preferred = { notion: "left", airtable: "right", newer: "newer" } as const;
      const prefer = flags.prefer === undefined ? null : preferred[flags.prefer];
      return act({ kind: "resync", pair: name, prefer });
    });
  example(resync, "tandem pair resync product-specs --prefer notion");
}
