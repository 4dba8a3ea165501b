import * as Builder from "@notionhq/workers/builder";
import { expect, test } from "vitest";
import { parseCover, parseIcon } from "./icon.ts";

test("the SDK's icons are read", () => {
  expect(parseIcon(Builder.emojiIcon("🎯"))).toEqual({ kind: "emoji", emoji: "🎯" });
  expect(parseIcon(Builder.notionIcon("rocket"))).toEqual({
    kind: "named",
    name: "rocket",
    color: "gray",
  });
  expect(parseIcon(Builder.imageIcon("https://x.test/i.png"))).toEqual({
    kind: "image",
    url: "https://x.test/i.png",
  });
});

test("a cover is its address; where it is cut, nobody can say through the API", () => {
  expect(parseCover(Builder.imageCover("https://x.test/c.png", 0.2))).toBe("https://x.test/c.png");
});

test.each([
  [undefined],
  [null],
  ["🎯"],
  [{ type: "image", url: null }],
  [{ type: "image", url: "" }],
  [{ type: "image", url: "nowhere" }],
  [{ type: "image", url: "file:///etc/hosts" }],
  [{ type: "emoji", value: "" }],
  [{ type: "lottie" }],
])("%j is neither an icon nor a cover", (raw) => {
  expect(parseIcon(raw)).toBeNull();
  expect(parseCover(raw)).toBeNull();
});
