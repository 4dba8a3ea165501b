// Loads the worker's file with tsx, which takes TypeScript and JavaScript, both module systems, and
// imports without an ending or with `.js` for a `.ts` file; and finds the Worker among what it exports.
import { pathToFileURL } from "node:url";
import { register as registerCommonJs } from "tsx/cjs/api";
import { register } from "tsx/esm/api";

/** What is needed of the SDK's object, found by shape: its class is another in every copy of the SDK. */
export interface LoadedWorker {
  readonly manifest: unknown;
  readonly run: (
    key: string,
    context: unknown,
    options: { concreteOutput: true },
  ) => Promise<unknown>;
}

/** The default export, whatever it is. Throws what the worker's code throws. */
export async function loadDefault(entry: string): Promise<unknown> {
  registerLoaders();
  const loaded: unknown = await import(pathToFileURL(entry).href);
  return unwrap(loaded);
}

/** Hooks tsx into both module systems of this process; `import` and `require` then take TypeScript. */
export function registerLoaders(): void {
  if (loaders.areThere) return;
  loaders.areThere = true;
  registerCommonJs();
  register();
}

const loaders: { areThere: boolean } = { areThere: false };

export function isWorker(content: unknown): content is LoadedWorker {
  if (typeof content !== "object" || content === null) return false;
  return "run" in content && typeof content.run === "function" && "manifest" in content;
}

/** A CommonJS file seen through an ES import has its default one or two steps down. */
function unwrap(loaded: unknown): unknown {
  let at = loaded;
  for (let step = 0; step < 3; step += 1) {
    if (isWorker(at) || typeof at !== "object" || at === null || !("default" in at)) return at;
    at = at.default;
  }
  return at;
}
