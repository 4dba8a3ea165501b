import { expect, test } from "vitest";
import { makeColour, wantsColour } from "./colour.ts";

const tty = { isWanted: true, isTty: true, environment: {} };

test("colour is for terminals that did not refuse it", () => {
  expect(wantsColour(tty)).toBe(true);
  expect(wantsColour({ ...tty, isTty: false })).toBe(false);
  expect(wantsColour({ ...tty, isWanted: false })).toBe(false);
  expect(wantsColour({ ...tty, environment: { NO_COLOR: "1" } })).toBe(false);
  expect(wantsColour({ ...tty, environment: { NO_COLOR: "" } })).toBe(true);
  expect(wantsColour({ ...tty, environment: { TERM: "dumb" } })).toBe(false);
  expect(wantsColour({ ...tty, isTty: false, environment: { FORCE_COLOR: "1" } })).toBe(true);
  expect(wantsColour({ ...tty, environment: { FORCE_COLOR: "1", NO_COLOR: "1" } })).toBe(false);
});

test("off, it changes nothing", () => {
  expect(makeColour(false).fail("x")).toBe("x");
  expect(makeColour(true).fail("x")).not.toBe("x");
});
