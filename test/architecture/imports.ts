// Rules about who imports whom: the layers, and files that nobody imports.
import type { Breach } from "./breach.ts";
import { entryPoints, isUnder, layers, type Layer } from "./layers.ts";
import type { Import, Source } from "./source.ts";

export function isTest(file: string): boolean {
  return file.endsWith(".test.ts");
}

/** The layer that owns a file: the one with the longest entry for it. */
function layerOf(file: string): Layer | null {
  let best: { readonly layer: Layer; readonly length: number } | null = null;
  for (const layer of layers) {
    for (const entry of layer.owns) {
      if (isUnder(entry, file) && entry.length > (best?.length ?? 0)) {
        best = { layer, length: entry.length };
      }
    }
  }
  return best?.layer ?? null;
}

export function checkLayers(sources: readonly Source[]): readonly Breach[] {
  return sources
    .filter(({ file }) => file.startsWith("src/") && !isTest(file))
    .flatMap((source) => {
      const layer = layerOf(source.file);
      if (layer !== null) {
        return source.imports.flatMap((entry) => checkImport(source.file, layer, entry));
      }
      const mend = "Move it into one, or give its folder a line in test/architecture/layers.ts.";
      return [{ file: source.file, line: 1, what: "belongs to no layer.", mend }];
    });
}

function checkImport(file: string, layer: Layer, found: Import): readonly Breach[] {
  const at = { file, line: found.line };
  if (found.path === null) {
    if (isPackageAllowed(layer, found.specifier)) return [];
    const mend = `Reach it through a port or a parameter: ${layer.why}.`;
    return [{ ...at, what: `imports the package "${found.specifier}".`, mend }];
  }
  const allowed = [...layer.owns, ...layer.may, ...(found.isType ? (layer.mayType ?? []) : [])];
  const path = found.path;
  if (allowed.some((entry) => isUnder(entry, path))) return [];
  const mend = `Pass it in, or move the shared part down: ${layer.why}.`;
  return [{ ...at, what: `imports ${path}.`, mend }];
}

function isPackageAllowed(layer: Layer, specifier: string): boolean {
  if (specifier.startsWith("node:")) return layer.packages.includes("node:*");
  return layer.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** Sources that no other file imports. To the product, a test beside its source does not count. */
export function checkOrphans(sources: readonly Source[]): readonly Breach[] {
  const imported = new Set<string>();
  for (const source of sources) {
    const isBeside = source.file.startsWith("src/") && isTest(source.file);
    for (const { path } of source.imports) {
      if (path !== null && !(isBeside && path.startsWith("src/"))) imported.add(path);
    }
  }
  return sources
    .filter(({ file }) => !isTest(file) && !imported.has(file))
    .filter(({ file }) => !entryPoints.some((entry) => isUnder(entry, file)))
    .map(({ file }) => ({
      file,
      line: 1,
      what: "is imported by nothing but, at most, its own test.",
      mend: "Remove it, or list it in entryPoints when something else starts it.",
    }));
}
