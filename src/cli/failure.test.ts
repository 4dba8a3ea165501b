// What ends a command, in words: a slip of the user, trouble with a service, and a bug of ours.
import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { tandem } from "../../test/fixture/tandem.ts";
import { InvariantError } from "../core/assert.ts";
import { SyncError } from "../errors.ts";
import { failureOf, type FailureOptions } from "./failure.ts";

const options: FailureOptions = {
  version: "1.2.3",
  isJson: false,
  isVerbose: false,
  paint: (text) => `<${text}>`,
  width: 60,
};
const token = "ntn_0123456789abcdefghij";

describe("an error with a remedy", () => {
  const error = new SyncError({
    code: "unauthorized",
    message: `Notion does not take the token ${token}, whatever else it may be.`,
    remedy: `Make a new one, and not ${token}.`,
    cause: new Error(`401 for ${token}`),
  });

  test("is told in a few lines, without secrets", () => {
    expect(failureOf(error, options)).toEqual({
      exit: 77,
      text: [
        "<error>  Notion does not take the token [token], whatever else",
        "       it may be.",
        "       Make a new one, and not [token].",
      ].join("\n"),
    });
  });

  test("with --verbose also by what caused it, likewise", () => {
    const { text } = failureOf(error, { ...options, width: 200, isVerbose: true });
    expect(text.split("\n")).toEqual([
      "<error>  Notion does not take the token [token], whatever else it may be.",
      "  (401 for [token])",
      "       Make a new one, and not [token].",
    ]);
    const odd = new SyncError({ code: "timeout", message: "m", remedy: "r", cause: "a string" });
    expect(failureOf(odd, { ...options, isVerbose: true }).text).toContain("(a string)");
    const bare = new SyncError({ code: "timeout", message: "m", remedy: "r" });
    expect(failureOf(bare, { ...options, isVerbose: true }).text).toBe("<error>  m\n       r");
  });

  test("as JSON is one object", () => {
    const { exit, text } = failureOf(error, { ...options, isJson: true });
    expect([exit, JSON.parse(text)]).toEqual([
      77,
      {
        type: "error",
        code: "unauthorized",
        exit: 77,
        message: "Notion does not take the token [token], whatever else it may be.",
        remedy: "Make a new one, and not [token].",
      },
    ]);
  });

  test("that stands for somebody's wish to stop says nothing", () => {
    const stopped = new SyncError({ code: "aborted", message: "Stopped.", remedy: "Go on." });
    expect(failureOf(stopped, options)).toEqual({ exit: 0, text: "" });
  });
});

describe("a bug", () => {
  function bugOf(error: Error, frames: number): Error {
    error.stack = [
      `${error.name}: ${error.message}`,
      "    at first (file:///home/somebody/tandem/src/core/fold.ts:10:5)",
      "    at second (/home/somebody/tandem/node_modules/zod/index.js:1:2)",
      "    at /home/somebody/tandem/dist/cli/main.js:3:4",
      ...Array.from({ length: frames - 3 }, (_, at) => `    at more${at} (node:internal:${at})`),
    ].join("\n");
    return error;
  }

  test("is told with a few frames that say nothing of this machine, and asks for a report", () => {
    const error = bugOf(new InvariantError(`a base went back after ${token}`), 10);
    const { exit, text } = failureOf(error, { ...options, width: 200 });
    expect(exit).toBe(70);
    expect(text.split("\n")).toEqual([
      "<error>  A check on our own work failed: a base went back after [token]",
      "    at first (src/core/fold.ts:10:5)",
      "    at second (node_modules/zod/index.js:1:2)",
      "    at dist/cli/main.js:3:4",
      "    at more0 (node:internal:0)",
      "    at more1 (node:internal:1)",
      "    at more2 (node:internal:2)",
      expect.stringMatching(/^ {7}This is a bug of Tandem 1\.2\.3 \(Node v\d+\.\d+\.\d+, \w+\)/u),
    ]);
  });

  test("with --verbose has more frames", () => {
    const { text } = failureOf(bugOf(new Error("x"), 40), { ...options, isVerbose: true });
    expect(text.match(/^ {4}at /gmu)).toHaveLength(20);
    expect(text).toContain("<error>  Unexpected: x\n");
  });

  test("that is no error at all is told as it is", () => {
    const { exit, text } = failureOf(`thrown ${token}`, { ...options, isJson: true });
    expect(exit).toBe(70);
    expect(JSON.parse(text)).toEqual({
      type: "error",
      code: "internal",
      exit: 70,
      message: "Unexpected: thrown [token]",
      remedy: expect.stringContaining("they hold no tokens."),
    });
  });
});

describe("a slip on the command line", () => {
  const remedy =
    "`tandem --help` lists the commands, `tandem <command> --help` has an example each.";

  test("is one sentence, however the parser breaks its lines", () => {
    const error = new CommanderError(
      1,
      "commander.unknown",
      "error: unknown command 'x'\n(Did y?)",
    );
    expect(JSON.parse(failureOf(error, { ...options, isJson: true }).text)).toEqual({
      type: "error",
      code: "usage",
      exit: 64,
      message: "Unknown command 'x' (Did y?)",
      remedy,
    });
  });

  test("where help or the version was asked for there is nothing more to say", () => {
    const help = new CommanderError(0, "commander.helpDisplayed", "(outputHelp)");
    expect(failureOf(help, options)).toEqual({ exit: 0, text: "" });
    const group = new CommanderError(1, "commander.help", "(outputHelp)");
    expect(failureOf(group, options)).toEqual({ exit: 64, text: "" });
  });

  test.each([["pair"], ["config"]])(
    "`tandem %s` alone shows what there is, on stderr",
    async (word) => {
      const { exit, out, err } = await tandem([word]);
      expect([exit, out]).toEqual([64, ""]);
      expect(err).toContain(`Usage: tandem ${word} [options] [command]`);
      expect(err).not.toContain("error");
    },
  );
});
