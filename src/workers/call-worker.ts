// One task for one worker, from start to answer: the child, its log, its secrets.
import type { LogLine } from "../oneway/source.ts";
import type { Share, Task } from "./child/message.ts";
import type { WorkerEnvironment } from "./environment.ts";
import type { Project } from "./project.ts";
import { readReply, type Reply } from "./reply.ts";
import { type Limits, runChild } from "./run-child.ts";
import { makeMask } from "./secret-mask.ts";

/** A worker's project and what its code may have. */
export interface WorkerSetting {
  readonly project: Project;
  readonly environment: WorkerEnvironment;
  readonly limits: Limits;
}

export interface CallOptions {
  readonly task: Task;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
  readonly onStarted?: (tell: (share: Share) => void) => void;
}

export async function callWorker(setting: WorkerSetting, options: CallOptions): Promise<Reply> {
  const { project, environment, limits } = setting;
  const mask = makeMask(environment.secrets);
  const end = await runChild({
    folder: project.folder,
    entry: project.entry,
    task: options.task,
    variables: environment.variables,
    mask,
    limits,
    signal: options.signal,
    onLog: options.onLog,
    onStarted: options.onStarted ?? (() => undefined),
  });
  return readReply(end, limits, mask);
}
