// `tandem worker exec KEY`: runs a tool, webhook, automation or sync as its caller would, and prints
// what it gives back. Its own output goes to stderr as it comes.
import { SyncError } from "../../../errors.ts";
import { exitCodes } from "../../exit.ts";
import type { Io } from "../../io.ts";
import { oneLine } from "../../plain.ts";
import { logLine } from "../../render/worker/runs.ts";
import { jsonOf } from "../../worker-json.ts";
import type { WorkerServices } from "../../worker-services.ts";

export async function exec(
  workers: WorkerServices,
  io: Io,
  { key, input }: { readonly key: string; readonly input: unknown },
): Promise<number> {
  const done = await workers.exec(key, input, (line) => {
    io.note(logLine(line));
  });
  io.json(jsonOf("exec", done));
  if (done.failure !== null) {
    const { name, message } = done.failure;
    for (const line of `${name}: ${message}`.split("\n")) io.line(io.colour.fail(oneLine(line)));
    return exitCodes.attention;
  }
  io.line(JSON.stringify(done.output ?? null, null, 2));
  return exitCodes.ok;
}

/** Throws `usage` for what is no JSON. `what`: the flag it came by. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyncError({
      code: "usage",
      message: `What ${what} was given is no JSON.`,
      remedy: `Quote it for the shell, such as ${what} '{"name": "Ada"}'.`,
      cause: error,
    });
  }
}
