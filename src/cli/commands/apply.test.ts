// A saved plan carried out: what is told of each piece that was left, and how it ends.
import { expect, test } from "vitest";
import { each, outcomeOf } from "../../../test/fixture/services.ts";
import { tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import type { AppliedPlan } from "../../app/apply-saved.ts";

type Skipped = AppliedPlan["skipped"];

const moved = { title: "Checkout", field: "Owner", why: "moved" } as const;
const applied = { title: "Search", field: null, why: "applied" } as const;
const fresh = { title: "Fax", field: null, why: "not-planned" } as const;

const applySaved = (...skipped: Skipped) => ({
  applySaved: () => each<AppliedPlan>({ outcome: outcomeOf("ok"), skipped }),
});

test("each piece that was left is an object with its reason", async () => {
  const { exit, lines } = await tandemJson(["apply", "plan.json"], applySaved(moved, applied));
  expect(exit).toBe(1);
  expect(lines).toEqual([
    { type: "skipped", pair: "product-specs", title: "Checkout", field: "Owner", why: "moved" },
    { type: "skipped", pair: "product-specs", title: "Search", field: null, why: "applied" },
  ]);
});

test("what moved is named, what was applied or is new is counted, each under its own words", async () => {
  const args = ["apply", "plan.json", "-c", "t.yaml"];
  const { exit, out } = await tandem(args, applySaved(moved, applied, applied, fresh));
  expect(exit).toBe(1);
  expect(out).toContain("skipped, moved since the plan: Checkout · Owner\n");
  expect(out).toContain("2 changes of the plan were applied already\n");
  expect(out).toContain("1 change since the plan left for the next sync\n");
});

test("pieces that were applied already, or that nobody planned, are no reason for attention", async () => {
  const args = ["apply", "plan.json", "-c", "t.yaml"];
  expect((await tandem(args, applySaved(applied, fresh))).exit).toBe(0);
});
