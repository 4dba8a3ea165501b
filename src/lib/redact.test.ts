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
