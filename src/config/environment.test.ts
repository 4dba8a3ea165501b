import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillIn, loadEnvironment } from "./environment.ts";

const environment = { TOKEN: "t0k", EMPTY: "", HOME_DIR: "/home/ana" };

test("references are replaced by the variable", () => {
  expect(fillIn("${TOKEN}", environment)).toMatchObject({ text: "t0k", isWhole: true });
  expect(fillIn("sqlite:${HOME_DIR}/x.db", environment)).toMatchObject({
    text: "sqlite:/home/ana/x.db",
    isWhole: false,
    hasReference: true,
  });
});

test("the default stands in for an unset and for an empty variable", () => {
  expect(fillIn("${NOPE:-a:b}", environment).text).toBe("a:b");
  expect(fillIn("${EMPTY:-x}", environment).text).toBe("x");
  expect(fillIn("${NOPE:-}", environment)).toMatchObject({ text: "", missing: [] });
});

test("an unset variable without a default is named; an empty one is empty", () => {
  expect(fillIn("${NOPE} ${TOKEN} ${ALSO}", environment).missing).toEqual(["NOPE", "ALSO"]);
  expect(fillIn("${EMPTY}", environment)).toMatchObject({ text: "", missing: [] });
});

test("a doubled dollar sign keeps the braces", () => {
  expect(fillIn("$${TOKEN}", environment)).toMatchObject({ text: "${TOKEN}", hasReference: false });
});

test("what is no reference is reported as such", () => {
  expect(fillIn("${not a name}", environment).malformed).toEqual(["not a name"]);
  expect(fillIn("costs $5 {really}", environment).text).toBe("costs $5 {really}");
});

test("a value is never read for references again", () => {
  expect(fillIn("${A}", { A: "${TOKEN}", ...environment }).text).toBe("${TOKEN}");
});

test("the file beside the config is read, and the real environment wins", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-env-"));
  writeFileSync(join(folder, ".env"), 'A=file\nB="from file"\n');
  const loaded = loadEnvironment(join(folder, "tandem.yaml"), { A: "real", C: undefined });
  expect(loaded).toEqual({ A: "real", B: "from file" });
});

test.each(["A", "a", "_", "_x9", "Token_2", "lower_case"])(
  "%s is the name of a variable",
  (name) => {
    expect(fillIn(`<\${${name}}>`, { [name]: "v" })).toEqual({
      text: "<v>",
      missing: [],
      malformed: [],
      hasReference: true,
      isWhole: false,
    });
    expect(fillIn(`\${${name}}`, {})).toEqual({
      text: `\${${name}}`,
      missing: [name],
      malformed: [],
      hasReference: true,
      isWhole: true,
    });
  },
);

test.each(["", "1A", "A-B", "A B", " A", "A:", "A:=x", "Ä"])("%j is none", (name) => {
  expect(fillIn(`\${${name}}`, { A: "v" })).toMatchObject({ text: "", malformed: [name] });
});

test("a default may hold anything but a closing brace, line ends included", () => {
  expect(fillIn("${A:-one\ntwo: {x}", {}).text).toBe("one\ntwo: {x");
  expect(fillIn("${A:-${B}}", { B: "b" }).text).toBe("${B}");
  expect(fillIn("${A:-:-}", {}).text).toBe(":-");
});
