// Holds the documents to what can be checked: links lead somewhere, every exit code of the program is
// explained, decisions have the parts they promise, the example lines of the audit log are real lines.
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { disposition, type ErrorCode } from "../../src/errors.ts";
import { parseLine } from "../../src/history/line.ts";
import { listFiles, readText, root } from "../architecture/tree.ts";

const pages = [
  "README.md",
  "CHANGELOG.md",
  "config/README.md",
  "examples/README.md",
  ...["docs", "src"].flatMap((folder) => listFiles(folder, ".md")),
];
const readme = readText("README.md");

/** The target of every link of a page, with what it leads to inside its page. */
function linksOf(page: string): readonly { readonly path: string; readonly anchor: string }[] {
  return [...readText(page).matchAll(/\]\((?<target>[^)\s]+)\)/gu)].flatMap(({ groups }) => {
    const target = groups?.["target"] ?? "";
    if (/^[a-z]+:/u.test(target)) return [];
    const [file = "", anchor = ""] = target.split("#");
    const path = file === "" ? page : posix.normalize(posix.join(posix.dirname(page), file));
    return [{ path, anchor }];
  });
}

/** Headings as GitHub names them in an address. */
function anchorsOf(page: string): readonly string[] {
  return [...readText(page).matchAll(/^#+ (?<heading>.+)$/gmu)].map(({ groups }) =>
    (groups?.["heading"] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("links", () => {
  test.each(pages)("of %s lead somewhere", (page) => {
    const broken = linksOf(page).filter(
      ({ path, anchor }) =>
        !existsSync(`${root}${path}`) || (anchor !== "" && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  test("a link to a missing heading is noticed", () => {
    expect(anchorsOf("README.md")).toContain("what-it-does-with-your-data-and-what-it-never-does");
    expect(anchorsOf("README.md")).not.toContain("missing");
  });
});

describe("README.md", () => {
  test("explains every exit code there is, and no other", () => {
    const codes: Record<ErrorCode, null> = {
      usage: null,
      config_invalid: null,
      schema_changed: null,
      unauthorized: null,
      not_shared: null,
      forbidden: null,
      rate_limited: null,
      unavailable: null,
      timeout: null,
      contract_broken: null,
      rejected: null,
      lease_held: null,
      lease_lost: null,
      store_newer: null,
      store_corrupt: null,
      store_unusable: null,
      halted: null,
      aborted: null,
    };
    const isCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text);
    const thrown = Object.keys(codes)
      .filter(isCode)
      .map((code) => disposition(code).exit);
    // Beside what is thrown: done, done with rows left over, and a plan with changes.
    const expected = [...new Set([0, 1, 2, ...thrown])].toSorted((one, two) => one - two);
    const [, section = ""] = readme.split("\n## Exit codes\n");
    const table = section.split("\n## ")[0] ?? "";
    const explained = [...table.matchAll(/^\| (?<code>\d+) \|/gmu)].map(({ groups }) =>
      Number(groups?.["code"]),
    );
    expect(explained).toEqual(expected);
  });

  test("shows one real line of the audit log for each type", () => {
    const [, block = ""] = readme.split("```json\n");
    const lines = (block.split("```")[0] ?? "").trim().split("\n");
    // Only the hashes are shortened on the page.
    const full = lines.map((line) => line.replace(/"prev":"[^"]*"/u, `"prev":"${"0".repeat(64)}"`));
    const types = full.map((line) => parseLine(line)?.type ?? line);
    expect(types.toSorted()).toEqual(["change", "conflict", "halt", "problem", "run"]);
  });

  test("names two commands to set up and no more", () => {
    const setUps = [...readme.matchAll(/^npm ci.*$/gmu)].map(([line]) => line);
    expect(setUps).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  });
});

describe("docs/decisions", () => {
  const decisions = listFiles("docs/decisions", ".md").filter((file) => /\/\d{4}-/u.test(file));

  test("are numbered without a gap", () => {
    const numbers = decisions.map((file) => Number(posix.basename(file).slice(0, 4)));
    expect(numbers).toEqual(decisions.map((_, at) => at + 1));
  });

  test.each(decisions)("%s says what was chosen and what was given up, and is listed", (file) => {
    const text = readText(file);
    for (const part of ["**Context.**", "**Choice.**", "**Given up.**"]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(new RegExp(`^# ${posix.basename(file).slice(0, 4)}: `, "u"));
    expect(readText("docs/decisions/README.md")).toContain(`](${posix.basename(file)})`);
  });
});
