// A way into this process for the published Airtable client, which knows no `fetch` option: its own
// `node-fetch` is looked up at every call, and is exchanged here for addresses of simulated worlds.
// Everything else of the client, headers, queries, bodies and its reading of answers, stays as it is.
import { createRequire } from "node:module";

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface DoorRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Door = (request: DoorRequest) => Promise<DoorAnswer>;

const doors = new Map<string, Door>();

interface Init {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Gives a world an address, e.g. `http://w1.simulation`, for as long as it is open. */
export function openAirtableDoor(
  name: string,
  door: Door,
): { readonly url: string; close(): void } {
  install();
  const host = `${name}.simulation`;
  doors.set(host, door);
  return { url: `http://${host}`, close: () => void doors.delete(host) };
}

let isInstalled = false;

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const here = createRequire(import.meta.url);
  const near = createRequire(here.resolve("airtable"));
  const client = near("node-fetch") as { default: (url: string, init: Init) => Promise<unknown> };
  const real = client.default;
  client.default = async (address, init) => {
    const url = new URL(address);
    if (!url.hostname.endsWith(".simulation")) return real(address, init);
    const door = doors.get(url.hostname);
    // A call of a process that is dead: nobody waits for its end.
    if (door === undefined) return new Promise(() => {});
    const { method, headers, body = "" } = init;
    const answer = await door({ method, url, headers: lowerCase(headers), body });
    return {
      status: answer.status,
      headers: answer.headers,
      json: async () => JSON.parse(answer.text) as unknown,
    };
  };
}
