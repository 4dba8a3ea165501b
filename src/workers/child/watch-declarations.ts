// For a worker that does not load: loads it once more, looking at what it hands to the SDK's `sync`.
// Before SDK 0.3 a sync carried its schema itself and named no database; a newer SDK then fails with a
// TypeError about its own insides, which tells an author nothing.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { registerLoaders } from "./load-default.ts";

export interface Declarations {
  /** A sync was declared in the shape of before 0.3. */
  readonly isOldShape: () => boolean;
}

const sdkName = "@notionhq/workers";

export async function watchDeclarations(entry: string): Promise<Declarations> {
  registerLoaders();
  const seen = { isOld: false };
  const look = (config: unknown): void => {
    if (typeof config !== "object" || config === null || "database" in config) return;
    seen.isOld ||= "schema" in config || "primaryKeyProperty" in config;
  };
  // The copy that `import` gives and the one that `require` gives may be two.
  for (const load of [importing, requiring]) {
    try {
      watchSync(await load(entry), look);
    } catch {
      // No such copy: then the worker does not use it either.
    }
  }
  return { isOldShape: () => seen.isOld };
}

function importing(entry: string): Promise<unknown> {
  return import(pathToFileURL(createRequire(entry).resolve(sdkName)).href);
}

function requiring(entry: string): unknown {
  return createRequire(entry)(sdkName);
}

function watchSync(sdk: unknown, look: (config: unknown) => void): void {
  if (typeof sdk !== "object" || sdk === null || !("Worker" in sdk)) return;
  const { Worker } = sdk;
  if (typeof Worker !== "function") return;
  const prototype: unknown = Worker.prototype;
  if (typeof prototype !== "object" || prototype === null || !("sync" in prototype)) return;
  const { sync } = prototype;
  if (typeof sync !== "function") return;
  Object.defineProperty(prototype, "sync", {
    configurable: true,
    value(this: unknown, key: unknown, config: unknown): unknown {
      look(config);
      const made: unknown = Reflect.apply(sync, this, [key, config]);
      return made;
    },
  });
}
