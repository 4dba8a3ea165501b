// The `tandem worker` commands that change how a sync stands, or where a database is.
import type { WorkerAction } from "../../../app/worker/view.ts";
import { exitCodes } from "../../exit.ts";
import type { Io } from "../../io.ts";
import { jsonOf } from "../../worker-json.ts";
import type { WorkerServices } from "../../worker-services.ts";

export async function act(workers: WorkerServices, io: Io, action: WorkerAction): Promise<number> {
  const question = questionOf(action);
  if (question !== null && !(await isAgreed(io, question))) return exitCodes.ok;
  const message = await workers.act(action);
  io.json({ type: "worker-action", action: action.kind, key: action.key, message });
  io.line(message);
  return exitCodes.ok;
}

/** In a script the command is the answer, as it is for pairs. */
async function isAgreed(io: Io, question: string): Promise<boolean> {
  if (!io.isInteractive || io.isJson || (await io.confirm(question))) return true;
  io.note("Nothing was changed. Say --yes to go on.");
  return false;
}

function questionOf({ kind, key }: WorkerAction): string | null {
  switch (kind) {
    case "confirm":
      return `Let ${key} remove the rows its last complete cycle did not see?`;
    case "reset":
      return `Forget where ${key} stands, and begin again from nothing? Rows stay, and are compared.`;
    case "pause":
    case "resume":
    case "enable":
    case "disable":
      return null;
  }
}

export async function state(
  workers: WorkerServices,
  io: Io,
  { key }: { readonly key: string },
): Promise<number> {
  const view = await workers.state(key);
  io.json(jsonOf("state", { ...view, state: view.state ?? null }));
  io.note(`${view.sync}: ${view.bytes} bytes of 262144`);
  io.line(view.state === undefined ? "(none)" : JSON.stringify(view.state, null, 2));
  return exitCodes.ok;
}

export async function attach(
  workers: WorkerServices,
  io: Io,
  { key, reference }: { readonly key: string; readonly reference: string },
): Promise<number> {
  const question = `Bind ${key} to that database? Missing columns are added, rows with a known key are taken over.`;
  if (!(await isAgreed(io, question))) return exitCodes.ok;
  const message = await workers.attach(key, reference);
  io.json({ type: "worker-action", action: "attach", key, message });
  io.line(message);
  return exitCodes.ok;
}

export async function detach(
  workers: WorkerServices,
  io: Io,
  { key }: { readonly key: string },
): Promise<number> {
  const message = await workers.detach(key);
  io.json({ type: "worker-action", action: "detach", key, message });
  io.line(message);
  return exitCodes.ok;
}
