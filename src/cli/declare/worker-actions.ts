// The `tandem worker` commands that change how a sync stands, or where a database is.
import type { Command } from "commander";
import type { WorkerAction } from "../../app/worker/view.ts";
import { example } from "./frame.ts";
import type { WorkerWork } from "./worker.ts";

type Perform = (work: WorkerWork) => Promise<void>;

const actions: Record<Exclude<WorkerAction["kind"], "reset">, string> = {
  pause: "let a sync's schedule rest; by hand it still runs",
  resume: "let a paused sync's schedule go on",
  enable: "let a disabled sync run again",
  disable: "let a sync not run at all",
  confirm: "let a held removal pass, once",
};

export function addWorkerActions(worker: Command, perform: Perform): void {
  const act = (action: WorkerAction): Promise<void> =>
    perform(async (workers, io) =>
      (await import("../commands/worker/act.ts")).act(workers, io, action),
    );
  for (const kind of ["pause", "resume", "enable", "disable", "confirm"] as const) {
    const command = worker
      .command(kind)
      .argument("<key>", "the sync")
      .description(actions[kind])
      .action((key: string) => act({ kind, key }));
    example(command, `tandem worker ${kind} tasks/tasksSync`);
  }
  const state = worker.command("state").description("where a sync stands");
  const get = state
    .command("get")
    .argument("<key>", "the sync")
    .description("print the state that the next execution is handed")
    .action((key: string) =>
      perform(async (workers, io) =>
        (await import("../commands/worker/act.ts")).state(workers, io, { key }),
      ),
    );
  example(get, "tandem worker state get tasks/tasksSync");
  const reset = state
    .command("reset")
    .argument("<key>", "the sync")
    .description("forget the state: the next cycle begins from nothing, and rows stay")
    .action((key: string) => act({ kind: "reset", key }));
  example(reset, "tandem worker state reset tasks/tasksSync");
  addDatabases(worker, perform);
}

function addDatabases(worker: Command, perform: Perform): void {
  const databases = worker.command("databases").description("where declared databases are");
  const list = databases
    .command("list")
    .description("each declared database, and what it is bound to")
    .action(() =>
      perform(async (workers, io) =>
        (await import("../commands/worker/look.ts")).databases(workers, io),
      ),
    );
  example(list, "tandem worker databases list");
  const attach = databases
    .command("attach")
    .argument("<key>", "the declared database: <worker>/<database>, or its key alone")
    .argument("<database>", "address, database id or data source id in Notion")
    .description("bind a declared database to one that exists")
    .action((key: string, reference: string) =>
      perform(async (workers, io) =>
        (await import("../commands/worker/act.ts")).attach(workers, io, { key, reference }),
      ),
    );
  example(attach, "tandem worker databases attach tasks 1f2e3d4c5b6a79880123456789abcdef");
  const detach = databases
    .command("detach")
    .argument("<key>", "the declared database")
    .description("forget where it is; the database and its rows stay")
    .action((key: string) =>
      perform(async (workers, io) =>
        (await import("../commands/worker/act.ts")).detach(workers, io, { key }),
      ),
    );
  example(detach, "tandem worker databases detach tasks");
}
