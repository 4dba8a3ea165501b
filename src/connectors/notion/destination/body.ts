// Bodies: Markdown that replaces the page's content, without leave to delete what cannot be written in
// Markdown. The service then refuses when pages or databases hang below (Notion docs: Update a page's
// content as Markdown), and the body stays as people left it.
import type { RecordId } from "../../../core/ids.ts";
import type { RowOutcome } from "../../destination.ts";
import type { Caller } from "../caller.ts";
import { markdownSchema } from "../wire.ts";
import { headOf } from "./text.ts";

/** A request holds 500 KB; properties and quoting need their share of it. */
const bodyBytesMax = 350_000;

export interface FittedBody {
  readonly markdown: string;
  readonly notes: readonly string[];
}

/** The body, cut at the end of a line when it is longer than a request can be. */
export function fitBody(markdown: string): FittedBody {
  if (Buffer.byteLength(JSON.stringify(markdown)) <= bodyBytesMax) return { markdown, notes: [] };
  let end = Math.min(markdown.length, bodyBytesMax);
  // Bound: a fifth less each time.
  while (Buffer.byteLength(JSON.stringify(markdown.slice(0, end))) > bodyBytesMax) {
    end = Math.floor(end * 0.8);
  }
  const line = markdown.lastIndexOf("\n", end);
  const cut = line > 0 ? markdown.slice(0, line) : headOf(markdown, end);
  return { markdown: cut, notes: ["The body was cut: it is longer than Notion takes at once."] };
}

export type Replaced =
  | { readonly kind: "notes"; readonly notes: readonly string[] }
  | { readonly kind: "ended"; readonly outcome: RowOutcome };

export async function replaceBody(
  caller: Caller,
  id: RecordId,
  markdown: string,
): Promise<Replaced> {
  const fitted = fitBody(markdown);
  const result = await caller.write(
    {
      kind: "write",
      method: "patch",
      path: `pages/${id}/markdown`,
      body: { type: "replace_content", replace_content: { new_str: fitted.markdown } },
    },
    markdownSchema,
  );
  switch (result.kind) {
    case "ok":
      return { kind: "notes", notes: fitted.notes };
    case "busy":
      return { kind: "ended", outcome: { kind: "not-applied", message: result.message } };
    case "doubt":
      return { kind: "ended", outcome: { kind: "unknown", message: result.message, hint: null } };
    case "refused": {
      const { kind, message } = result.refusal;
      if (kind === "invalid") {
        return { kind: "notes", notes: [`The body was left as it is: ${message}`] };
      }
      return { kind: "ended", outcome: { kind: "failed", why: kind, message, property: null } };
    }
  }
}
