import { describe, expect, test } from "vitest";
import { parseYaml } from "./yaml.ts";

describe("what is put in from the environment", () => {
  const given = {
    T: "true",
    F: "false",
    N: "-12.5",
    BIG: "1234567890123456",
    TEXT: "x: y",
    EMPTY: "",
  };
  const value = (text: string): unknown => {
    const { value: parsed } = parseYaml(`a: ${text}\n`, given);
    return (parsed as { readonly a: unknown }).a;
  };
  test.each<[string, unknown]>([
    ["${T}", true],
    ["${F}", false],
    ["${N}", -12.5],
    ["${BIG}", "1234567890123456"],
    ['"${T}"', "true"],
    ["'${N}'", "-12.5"],
    ["${N}0", "-12.50"],
    ["x${T}", "xtrue"],
    ["${T}${F}", "truefalse"],
    // What stands in a variable cannot change the shape of the file.
    ["${TEXT}", "x: y"],
    ["${GONE:-7}", 7],
    ["${EMPTY:-no}", "no"],
    ["${EMPTY}", ""],
    ["$${T}", "${T}"],
    ['"${T} $${T}"', "true ${T}"],
  ])("%s is %j", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test("in lists and groups, in values and never in keys, and each slip where it stands", () => {
    const source = "a:\n  - ${T}\n  - { b: '${GONE}', c: '${no name} ${ALSO}' }\n${T}: 1\n";
    const yaml = parseYaml(source, given);
    const { value: parsed, problems } = yaml;
    expect(parsed).toEqual({ a: [true, { b: "${GONE}", c: " ${ALSO}" }], "${T}": 1 });
    expect(
      problems.map(({ path, line, column, message }) => [path, line, column, message]),
    ).toEqual([
      ["a[1].b", 3, 10, "The environment variable GONE is not set."],
      ["a[1].c", 3, 24, "The environment variable ALSO is not set."],
      ["a[1].c", 3, 24, '"${no name}" is no reference to a variable.'],
    ]);
    expect(yaml.isFromEnvironment(["a", 0])).toBe(true);
    expect(yaml.isFromEnvironment(["a", 1, "b"])).toBe(true);
    expect(yaml.isFromEnvironment(["a"])).toBe(false);
    expect(yaml.isFromEnvironment(["${T}"])).toBe(false);
  });

  test("merged and repeated parts of the file are read as one", () => {
    const source = `x: &x { a: 1, b: 2 }\ny: { <<: *x, b: 3 }\nz: *x\n`;
    expect(parseYaml(source, {}).value).toEqual({
      x: { a: 1, b: 2 },
      y: { a: 1, b: 3 },
      z: { a: 1, b: 2 },
    });
  });
});

test("a file that repeats a part a hundred times is refused as a whole", () => {
  const repeated = (count: number) =>
    parseYaml(`x: &x { a: 1 }\ny: [${Array.from({ length: count }, () => "*x").join(", ")}]\n`, {});
  expect(repeated(99).problems).toEqual([]);
  expect(repeated(100)).toMatchObject({
    value: null,
    problems: [
      {
        level: "error",
        path: "",
        line: null,
        message:
          "This is not valid YAML: Excessive alias count indicates a resource exhaustion attack.",
        remedy: "Write the settings out where they repeat each other.",
      },
    ],
  });
});

test.each<[string, string, string, number]>([
  ["a tab", "a:\n\tb: 1\n", "Indent with spaces; YAML refuses tabs.", 2],
  [
    "a bare reference in braces",
    "a: { b: ${N} }\n",
    'Inside { } a reference must be quoted: "${NAME}".',
    1,
  ],
  ["a bare at sign", "a: 1\nb: @url\n", 'A value that begins with @ must be quoted: "@url".', 2],
  [
    "a bare at sign in a list",
    "a: 1\nb: [x, @url]\n",
    'A value that begins with @ must be quoted: "@url".',
    2,
  ],
  [
    "a quote that does not end",
    'a: "b\n',
    "Compare the line with the ones around it; often it is indentation or a missing quote.",
    2,
  ],
])("%s is no YAML, and what to do is told", (_, source, remedy, line) => {
  const { value, problems } = parseYaml(source, { N: "1" });
  expect(value).toBeNull();
  expect(problems).toEqual([
    {
      level: "error",
      path: "",
      line,
      column: expect.any(Number),
      message: expect.stringMatching(/^This is not valid YAML: [^\n]+[^.:]\.$/u),
      remedy,
    },
  ]);
});

test("the place of a setting is its own, or that of what is nearest above it", () => {
  const yaml = parseYaml("a:\n  b: 1\n  c:\n    - x\n    - y: 2\nd:\n", {});
  expect(yaml.placeOf(["a", "b"])).toEqual({ line: 2, column: 6 });
  expect(yaml.placeOf(["a", "b"], "key")).toEqual({ line: 2, column: 3 });
  expect(yaml.placeOf(["a", "c", 1, "y"])).toEqual({ line: 5, column: 10 });
  expect(yaml.placeOf(["a", "c", 0])).toEqual({ line: 4, column: 7 });
  expect(yaml.placeOf(["a", "c", 7])).toEqual({ line: 3, column: 3 });
  expect(yaml.placeOf(["a", "nothing", "here"])).toEqual({ line: 1, column: 1 });
  expect(yaml.placeOf(["d"])).toEqual({ line: 6, column: 3 });
  expect(yaml.placeOf(["none"])).toBeNull();
  expect(yaml.placeOf([])).toBeNull();
});
