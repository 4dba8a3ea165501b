// The `store:` setting. One form works in this version; the other is recognised, so that the message
// can say so instead of calling it a mistake.

export type StoreUrl =
  | {
      readonly kind: "sqlite";
      /** As written; relative to the working directory. */ readonly path: string;
    }
  | { readonly kind: "problem"; readonly message: string; readonly remedy: string };

const remedy = "Write store: sqlite:./data/tandem.db, with the path you want.";

export function parseStoreUrl(url: string): StoreUrl {
  const scheme = /^(?<name>[a-z][a-z0-9+]*):(?<rest>.*)$/iu.exec(url)?.groups;
  switch ((scheme?.["name"] ?? "").toLowerCase()) {
    case "sqlite": {
      const path = (scheme?.["rest"] ?? "").replace(/^\/\/(?=\.|\/)/u, "");
      if (path !== "") return { kind: "sqlite", path };
      return { kind: "problem", message: "The store has no path.", remedy };
    }
    case "postgres":
    case "postgresql":
      return { kind: "problem", message: "A PostgreSQL store is not yet in this version.", remedy };
    default:
      return { kind: "problem", message: `"${redacted(url)}" is no store.`, remedy };
  }
}

/** An address may carry a password. */
function redacted(url: string): string {
  return url.replace(/\/\/[^@/]*@/u, "//…@");
}
