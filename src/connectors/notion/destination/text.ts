// Texts with links as rich text: 2,000 characters an element, 100 elements (Notion docs: Request limits).
import type { TextRun } from "../../../core/oneway/cell.ts";
import { chunks } from "../codec/rich-text.ts";
import { limits } from "../limits.ts";

export interface EncodedText {
  readonly elements: readonly Readonly<Record<string, unknown>>[];
  /** What was lost, as the rest of a sentence. */
  readonly losses: readonly string[];
}

/** The beginning of a text, never half a pair of surrogates. */
export function headOf(text: string, lengthMax: number): string {
  const head = text.slice(0, lengthMax);
  return head.isWellFormed() || !text.isWellFormed() ? head : head.slice(0, -1);
}

/** Other protocols are refused with the whole page. */
function canLink(url: string): boolean {
  if (url.length > limits.urlMax || !URL.canParse(url)) return false;
  return ["https:", "http:", "mailto:", "tel:"].includes(new URL(url).protocol);
}

/** Runs that lead to the same place as one, so that a text of many pieces stays within the limit. */
function joined(runs: readonly TextRun[]): readonly TextRun[] {
  const whole: TextRun[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last !== undefined && last.url === run.url) {
      whole[whole.length - 1] = { text: last.text + run.text, url: last.url };
    } else whole.push(run);
  }
  return whole;
}

export function encodeRuns(runs: readonly TextRun[]): EncodedText {
  const losses: string[] = [];
  const linked = runs.map((run) => {
    if (run.url === null || canLink(run.url)) return run;
    losses.push("a link without a usable address became plain text");
    return { text: run.text, url: null };
  });
  const elements = joined(linked).flatMap(({ text, url }) =>
    chunks(text).map((content) => ({
      type: "text",
      text: { content, ...(url === null ? {} : { link: { url } }) },
    })),
  );
  if (elements.length > limits.textElementsMax) {
    losses.push(
      `cut after ${limits.textElementsMax} pieces of ${limits.textElementMax} characters`,
    );
  }
  return { elements: elements.slice(0, limits.textElementsMax), losses: [...new Set(losses)] };
}
