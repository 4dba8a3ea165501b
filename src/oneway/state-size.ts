// States have a limit, as on the hosted platform (Notion Workers: 256 KiB a save), so that a worker that
// gathers everything in its state is told early.
import type { SourceState } from "./source.ts";

const stateBytesMax = 256 * 1024;

/** Why the state cannot be saved; null when it can. */
export function stateTooLarge(state: SourceState | null): string | null {
  if (state === null) return null;
  const bytes = Buffer.byteLength(JSON.stringify(state.json) ?? "", "utf8");
  if (bytes <= stateBytesMax) return null;
  const kib = (count: number): string => `${Math.ceil(count / 1024)} KiB`;
  return `The state is ${kib(bytes)} long; ${kib(stateBytesMax)} can be saved. Nothing was written. Keep a cursor in the state, and not the data.`;
}
