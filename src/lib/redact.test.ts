import { expect, test } from "vitest";

import { redact } from "./redact.ts";

const hex = "0123456789abcdef".repeat(4);

test.each([
  ["token ntn_aB3aB3aB3aB3aB3aB3aB3 here", "token [token] here"],
  ["secret_aB3aB3aB3aB3aB3aB3aB3aB3", "[token]"],
  [`patAbCdEfGhIjKlMn.${hex}`, "[token]"],
  ["Authorization: Bearer abcdefghijklmnopqrst", "Authorization: [token]"],
  [
    "see https://files.example.com/ws/a%20b.pdf?X-Amz-Algorithm=AWS4&X-Amz-Signature=abc, or so",
    "see https://files.example.com/ws/a%20b.pdf?[signed] or so",
  ],
  [
    "https://cdn.example.com/a.png?width=2&Signature=abc#top",
    "https://cdn.example.com/a.png?[signed]",
  ],
  [
    "https://v5.airtableusercontent.com/v3/u/52/52/1777053600000/abc/def/ghi",
    "https://v5.airtableusercontent.com/[signed]",
  ],
])("%s", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  "https://www.notion.so/acme/1f2e3d4c5b6a79880123456789abcdef?v=1",
  "https://example.com/search?q=signature&design=1",
  "patent.pending and secret_santa and ntn_short",
  "",
])("%s is left alone", (text) => {
  expect(redact(text)).toBe(text);
});

test.each([
  "X-Amz-Signature",
  "x-amz-credential",
  "X-Goog-Signature",
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "Policy",
  "Key-Pair-Id",
  "token",
  "access_token",
  "auth",
])("an address that is signed by %s keeps its path alone", (parameter) => {
  for (const start of ["?", "?a=1&", "#"])
    expect(redact(`http://h.test/a${start}${parameter}=s3cret&b=2`)).toBe(
      "http://h.test/a?[signed]",
    );
});

test("every secret of a text goes, and what is around it stays", () => {
  const [one, two] = [`ntn_${"a".repeat(16)}`, `secret_${"B".repeat(16)}`];
  expect(redact(`${one},${two};${one}`)).toBe("[token],[token];[token]");
  expect(redact(`<a href="https://h.test/a?sig=x">${one}</a>`)).toBe(
    '<a href="https://h.test/a?[signed]">[token]</a>',
  );
  // One letter short of what the services hand out.
  expect(redact(`ntn_${"a".repeat(15)} secret_${"a".repeat(15)}`)).not.toContain("[token]");
  expect(redact(`pat${"a".repeat(14)}.${"f".repeat(16)}`)).toBe("[token]");
  expect(redact(`pat${"a".repeat(13)}.${"f".repeat(16)}`)).not.toContain("[token]");
  // A token within an address is one too.
  expect(redact(`https://h.test/${one}/x`)).toBe("https://h.test/[token]/x");
  expect(redact("https://dl.AirtableUserContent.com/a/b?c=d")).toBe(
    "https://dl.AirtableUserContent.com/[signed]",
  );
});
