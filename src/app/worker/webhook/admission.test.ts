import { expect, test } from "vitest";
import { makeAdmission } from "./admission.ts";

test("a webhook takes sixty calls a minute, and tells when there is room again", () => {
  const clock = { nowMs: 1_000_000 };
  const admission = makeAdmission(() => clock.nowMs);
  const taken = Array.from({ length: 60 }, () => {
    clock.nowMs += 100;
    return admission.admit("a");
  });
  expect(taken.every((answer) => answer === null)).toBe(true);
  expect(admission.admit("a")).toEqual({ retryAfterSeconds: 55 });
  expect(admission.admit("b")).toBeNull();
  clock.nowMs += 54_200;
  expect(admission.admit("a")).toBeNull();
});

test("and six hundred an hour, however they are spread", () => {
  const clock = { nowMs: 0 };
  const admission = makeAdmission(() => clock.nowMs);
  for (let minute = 0; minute < 10; minute += 1) {
    for (let call = 0; call < 60; call += 1) expect(admission.admit("a")).toBeNull();
    clock.nowMs += 60_001;
  }
  expect(admission.admit("a")).toEqual({ retryAfterSeconds: 3000 });
  clock.nowMs = 3_600_001;
  expect(admission.admit("a")).toBeNull();
});

test("a call that was refused does not put the next one off", () => {
  const clock = { nowMs: 1_000_000 };
  const admission = makeAdmission(() => clock.nowMs);
  for (let call = 0; call < 60; call += 1) expect(admission.admit("a")).toBeNull();
  for (let second = 1; second < 60; second += 1) {
    clock.nowMs += 1_000;
    expect(admission.admit("a")).toEqual({ retryAfterSeconds: 60 - second });
  }
  clock.nowMs += 1_000;
  for (let call = 0; call < 60; call += 1) expect(admission.admit("a")).toBeNull();
  expect(admission.admit("a")).toEqual({ retryAfterSeconds: 60 });
});
