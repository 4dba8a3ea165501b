import { expect, test } from "vitest";
import { makeMask } from "./secret-mask.ts";

test("every secret goes, the longest first, in each form it takes", () => {
  const mask = makeMask(["s3cret", "s3cret-and-more", 'a "quoted" key']);
  expect(mask("s3cret-and-more, s3cret")).toBe("[secret], [secret]");
  expect(mask(`?key=${encodeURIComponent('a "quoted" key')}`)).toBe("?key=[secret]");
  expect(mask(JSON.stringify({ key: 'a "quoted" key' }))).toBe('{"key":"[secret]"}');
});

test("short values stay, or logs could not be read", () => {
  expect(makeMask(["true", "8080", "", "12345"])("true 8080 12345")).toBe("true 8080 12345");
});

test("six characters are a secret", () => {
  expect(makeMask(["123456"])("a 123456 b")).toBe("a [secret] b");
});

test("a secret of several lines goes line by line, as a log is kept", () => {
  const mask = makeMask(["-----BEGIN-----\nMIIEvQIBADAN\r\n-----END-----"]);
  expect(mask("MIIEvQIBADAN")).toBe("[secret]");
});

test("tokens of the two services go by their shape, known or not", () => {
  expect(makeMask([])("ntn_0123456789abcdefghij")).toBe("[token]");
});

test("text in which a secret would mean something to a pattern is taken as it is", () => {
  expect(makeMask(["a.*b($&)"])("a.*b($&) axxb()")).toBe("[secret] axxb()");
});
