// What `serve` prints of the pairs it runs; what it prints of workers stands with those.
import { expect, test } from "vitest";
import { outcomeOf } from "../../../test/fixture/services.ts";
import { tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import { SyncError } from "../../errors.ts";
import type { Services } from "../services.ts";

const error = new SyncError({ code: "unavailable", message: "Down.", remedy: "Wait." });
const serve: Services["serve"] = ({ onReady, onRun }) => {
  onReady(["specs runs on */15 * * * *", "crm runs on 0 * * * *"]);
  onRun(outcomeOf("ok"));
  onRun({ kind: "error", pair: "crm", error });
  onRun(outcomeOf("paused"));
  return Promise.resolve();
};

test("says on stderr what it serves, and on stdout how each run ended", async () => {
  const { exit, out, err } = await tandem(["serve", "-c", "t.yaml"], { serve });
  expect(exit).toBe(0);
  expect(err).toBe("specs runs on */15 * * * *\ncrm runs on 0 * * * *\n");
  expect(out).toMatch(/^product-specs {2}ok {2}4 updated/u);
  expect(out).toContain("crm  not run\n  Down.\n  Wait.\n");
  expect(out).toContain("product-specs  paused");
});

test("when it is to be quiet only what went wrong is told", async () => {
  const { exit, out, err } = await tandem(["serve", "--quiet", "-c", "t.yaml"], { serve });
  expect(exit).toBe(0);
  expect([out, err]).toEqual(["crm  not run\n  Down.\n  Wait.\n", ""]);
});

test("as JSON each run is its lines", async () => {
  const { exit, lines } = await tandemJson(["serve"], { serve });
  expect(exit).toBe(0);
  expect(lines).toEqual([
    { type: "error", pair: "crm", code: "unavailable", message: "Down.", remedy: "Wait." },
    { type: "paused", pair: "product-specs" },
  ]);
});

test("what keeps it from serving ends it", async () => {
  const failing = await tandem(["serve", "-c", "t.yaml"], { serve: () => Promise.reject(error) });
  expect(failing).toMatchObject({ exit: 75, out: "", calls: ["serve {}", "close"] });
});
