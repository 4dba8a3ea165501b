// `tandem worker …`: one-way syncs written in code. What changes how things stand is in a file beside.
import { SyncError } from "../../errors.ts";
import type { WorkerServices } from "../worker-services.ts";
import type { Io } from "../io.ts";
import { example, parseCount, type Frame } from "./frame.ts";
import { addWorkerActions } from "./worker-actions.ts";

/** A command's work, given the workers. */
export type WorkerWork = (workers: WorkerServices, io: Io) => Promise<number>;

interface TriggerFlags {
  readonly preview?: boolean;
  readonly context?: string;
}

interface StatusFlags {
  /** False with --no-watch. */
  readonly watch: boolean;
  readonly interval: string;
}

export function addWorker(frame: Frame): void {
  const worker = frame.program
    .command("worker")
    .description("one-way syncs written with @notionhq/workers");
  const perform = (work: WorkerWork): Promise<void> =>
    frame.perform(({ io, withServices }) => withServices((services) => work(services.workers, io)));
  const list = worker
    .command("list")
    .description("what each worker declares, and what of it runs here")
    .action(() =>
      perform(async (workers, io) =>
        (await import("../commands/worker/look.ts")).list(workers, io),
      ),
    );
  example(list, "tandem worker list");
  const status = worker
    .command("status")
    .argument("[key]", "one sync: <worker>/<sync>, or the sync's key alone")
    .description("how the syncs stand; on a terminal, until it is stopped")
    .option("--no-watch", "look once")
    .option("--interval <seconds>", "how often to look", "2")
    .action((key: string | undefined, flags: StatusFlags) =>
      perform(async (workers, io) => {
        const command = await import("../commands/worker/status.ts");
        const intervalMs = parseSeconds(flags.interval) * 1000;
        return command.status(workers, io, {
          key: key ?? null,
          isWatched: flags.watch,
          intervalMs,
        });
      }),
    );
  example(status, "tandem worker status tasks/tasksSync --no-watch");
  const trigger = worker
    .command("trigger")
    .argument("<key>", "the sync")
    .description("run one whole cycle now, also while the schedule rests")
    .option("--preview", "show what one execution would do; writes nothing")
    .option("--context <json>", "with --preview: the state to begin with")
    .action((key: string, flags: TriggerFlags) =>
      perform(async (workers, io) => {
        const command = await import("../commands/worker/trigger.ts");
        if (flags.preview !== true) {
          if (flags.context !== undefined) throw contextWithoutPreview();
          return command.trigger(workers, io, { key });
        }
        const { parseJson } = await import("../commands/worker/exec.ts");
        const { context } = flags;
        const state = context === undefined ? undefined : parseJson(context, "--context");
        return command.preview(workers, io, { key, context: state });
      }),
    );
  example(trigger, "tandem worker trigger tasks/tasksSync --preview");
  const exec = worker
    .command("exec")
    .argument("<key>", "a tool, webhook, automation or sync")
    .description("run one capability with the input given, and print what it gives back")
    .option("-d, --data <json>", "its input", "{}")
    .action((key: string, flags: { data: string }) =>
      perform(async (workers, io) => {
        const command = await import("../commands/worker/exec.ts");
        const input = command.parseJson(flags.data, "--data");
        return command.exec(workers, io, { key, input });
      }),
    );
  example(exec, `tandem worker exec greeter/sayHello -d '{"name": "Ada"}'`);
  addLists(worker, perform);
  addWorkerActions(worker, perform);
}

function addLists(worker: Frame["program"], perform: (work: WorkerWork) => Promise<void>): void {
  const runs = worker.command("runs").description("executions so far, and what they printed");
  const list = runs
    .command("list")
    .argument("[key]", "of one sync only")
    .description("the newest executions")
    .option("-n, --lines <count>", "how many", "20")
    .action((key: string | undefined, flags: { lines: string }) =>
      perform(async (workers, io) => {
        const command = await import("../commands/worker/look.ts");
        const countMax = parseCount(flags.lines);
        return command.runs(workers, io, { key: key ?? null, countMax });
      }),
    );
  example(list, "tandem worker runs list tasks/tasksSync");
  const logs = runs
    .command("logs")
    .argument("<run>", "the run's id, or the beginning of it")
    .description("what one execution printed, secrets masked")
    .action((run: string) =>
      perform(async (workers, io) =>
        (await import("../commands/worker/look.ts")).log(workers, io, { run }),
      ),
    );
  example(logs, "tandem worker runs logs 20261121-140233-k7f2");
  const webhooks = worker.command("webhooks").description("webhooks that `tandem serve` takes");
  const hooks = webhooks
    .command("list")
    .description("each webhook's address, and what is queued")
    .action(() =>
      perform(async (workers, io) =>
        (await import("../commands/worker/look.ts")).webhooks(workers, io),
      ),
    );
  example(hooks, "tandem worker webhooks list");
}

function contextWithoutPreview(): SyncError {
  return new SyncError({
    code: "usage",
    message: "--context is for previews: a real run begins where the last one ended.",
    remedy: "Add --preview, or leave --context out.",
  });
}

/** Throws `usage` for what is no length of time. */
function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new SyncError({
    code: "usage",
    message: `"${text}" is no number of seconds.`,
    remedy: "Write a number, such as --interval 5.",
  });
}
