import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRuns } from "./text.ts";

const runs = fc.array(
  fc.record({
    text: fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("👩‍👩‍👧x".repeat(700))),
    url: fc.constantFrom(null, "https://example.com/", "mailto:a@example.com", "not one", ""),
  }),
  { maxLength: 40 },
);

function contentOf(element: Readonly<Record<string, unknown>>): string {
  const { text } = element;
  return typeof text === "object" && text !== null && "content" in text ? String(text.content) : "";
}

describe("texts with links", () => {
  test("lose no character, and are cut into pieces the service takes", () => {
    fc.assert(
      fc.property(runs, (some) => {
        const { elements, losses } = encodeRuns(some);
        expect(elements.length).toBeLessThanOrEqual(100);
        const pieces = elements.map(contentOf);
        expect(pieces.every((piece) => piece !== "" && piece.length <= 2_000)).toBe(true);
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
        const isCut = losses.some((loss) => loss.startsWith("cut"));
        const whole = some.map((run) => run.text).join("");
        if (isCut) expect(whole.startsWith(pieces.join(""))).toBe(true);
        else expect(pieces.join("")).toBe(whole);
      }),
    );
  });

  test("lead only where an address can", () => {
    const { elements, losses } = encodeRuns([
      { text: "a", url: "javascript:alert(1)" },
      { text: "b", url: `https://example.com/${"x".repeat(2_000)}` },
      { text: "c", url: "https://example.com" },
    ]);
    expect(elements).toEqual([
      { type: "text", text: { content: "ab" } },
      { type: "text", text: { content: "c", link: { url: "https://example.com" } } },
    ]);
    expect(losses).toEqual(["a link without a usable address became plain text"]);
  });
});
