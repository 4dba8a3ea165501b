// Findings as scripts get them: the worst one tells how it ends, and quiet leaves out what is well.
import { expect, test } from "vitest";
import { each } from "../../../test/fixture/services.ts";
import { tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import type { DoctorFinding } from "../services.ts";

const ok: DoctorFinding = {
  level: "ok",
  area: "store",
  message: "fine",
  remedy: null,
  code: null,
};
const warn: DoctorFinding = { ...ok, level: "warn", message: "no marker", remedy: "Add one." };
const fail: DoctorFinding = { ...warn, level: "fail", message: "no way in", code: "unauthorized" };
const broken: DoctorFinding = { ...fail, message: "no field", code: "config_invalid" };

const finding = (...findings: readonly DoctorFinding[]) => ({ doctor: () => each(...findings) });

test("each finding is an object", async () => {
  const { exit, lines } = await tandemJson(["doctor"], finding(ok, fail));
  expect(exit).toBe(77);
  expect(lines).toEqual([
    { type: "finding", ...ok },
    { type: "finding", ...fail },
  ]);
});

test("of several failures the worst tells how it ends, and a warning is none", async () => {
  const exitOf = async (...findings: readonly DoctorFinding[]): Promise<number> =>
    (await tandem(["doctor", "-c", "t.yaml"], finding(...findings))).exit;
  expect(await exitOf(ok, warn)).toBe(0);
  expect(await exitOf(fail, broken, ok)).toBe(78);
  expect(await exitOf({ ...fail, code: null })).toBe(1);
});

test("when it is to be quiet, only what is not well is told", async () => {
  const { out } = await tandem(["doctor", "-q", "-c", "t.yaml"], finding(ok, warn));
  expect(out).not.toContain("fine");
  expect(out).toContain("no marker");
});
