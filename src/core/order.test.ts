// Which edit came later, and how sure that is: the edges of each claim.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clockErrorMs, orderEdits, readLagMs, tieSide, type EditInterval } from "./order.ts";
import { other } from "./side.ts";

const edit = (
  loMs: number,
  hiMs: number,
  stampMs: number | null = null,
  stampStepMs = 0,
): EditInterval => ({ loMs, hiMs, stampMs, stampStepMs });

describe("orderEdits", () => {
  test("P8: what is taken for granted of clocks and readings, and who wins when nobody can say", () => {
    expect([clockErrorMs, readLagMs, tieSide]).toEqual([5_000, 15_000, "left"]);
  });

  test("F11 P8: proven when the intervals lie apart by more than the clocks may err", () => {
    const left = edit(0, 10_000);
    expect(orderEdits({ left, right: edit(10_000 + clockErrorMs, 20_000) }, null)).toEqual({
      later: "right",
      label: "proven",
    });
    const right = edit(10_000 + clockErrorMs, 20_000);
    expect(orderEdits({ left: right, right: left }, null)).toEqual({
      later: "left",
      label: "proven",
    });
    const near = edit(10_000 + clockErrorMs - 1, 20_000);
    expect(orderEdits({ left, right: near }, null).label).toBe("tie");
    expect(orderEdits({ left: near, right: left }, null)).toEqual({ later: tieSide, label: "tie" });
  });

  test("F12: what a service said counts where nothing is proven", () => {
    const open = edit(0, 10_000, 5_000);
    expect(orderEdits({ left: open, right: edit(0, 10_000, 9_000) }, "left")).toEqual({
      later: "left",
      label: "estimated",
    });
    expect(orderEdits({ left: edit(0, 1), right: edit(9_000, 9_001) }, "left").label).toBe(
      "proven",
    );
  });

  test("F12: stamps estimate when they differ by a whole step of the earlier one", () => {
    const left = edit(0, 99_000, 60_000, 60_000);
    const at = (stampMs: number): EditInterval => edit(0, 200_000, stampMs, 1_000);
    expect(orderEdits({ left, right: at(120_000) }, null)).toEqual({
      later: "right",
      label: "estimated",
    });
    expect(orderEdits({ left, right: at(119_999) }, null).label).toBe("tie");
    expect(orderEdits({ left, right: at(59_000) }, null)).toEqual({
      later: "left",
      label: "estimated",
    });
    expect(orderEdits({ left, right: at(59_001) }, null).label).toBe("tie");
  });

  test("F12: equal stamps say nothing, however fine they are", () => {
    const left = edit(0, 99_000, 5_000, 0);
    expect(orderEdits({ left, right: edit(0, 99_000, 5_000, 0) }, null).label).toBe("tie");
    expect(orderEdits({ left, right: edit(0, 99_000, 5_001, 0) }, null).label).toBe("estimated");
  });

  test("F12: without a stamp on either side nobody can say", () => {
    expect(orderEdits({ left: edit(0, 9, 5), right: edit(0, 9) }, null)).toEqual({
      later: tieSide,
      label: "tie",
    });
  });

  test("P8: proof agrees with the true times, whatever the clocks err by", () => {
    const time = fc.integer({ min: 0, max: 100_000 });
    const slack = fc.integer({ min: 0, max: 30_000 });
    // One clock may be ahead of the other by up to the error that is allowed for.
    const skew = fc.integer({ min: -clockErrorMs + 1, max: clockErrorMs - 1 });
    fc.assert(
      fc.property(time, time, fc.tuple(slack, slack, slack, slack), skew, (l, r, by, ahead) => {
        const left = edit(l - by[0] - 1, l + by[1]);
        const right = edit(r + ahead - by[2] - 1, r + ahead + by[3]);
        const { later, label } = orderEdits({ left, right }, null);
        if (label !== "proven") return;
        expect(later === "right" ? r >= l : l >= r).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("P22: swapping the edits swaps the answer, save for ties", () => {
    const interval = fc
      .tuple(fc.nat(100), fc.nat(100), fc.option(fc.nat(100)), fc.constantFrom(0, 1, 60))
      .map(([lo, length, stamp, step]) => edit(lo * 1_000, (lo + length) * 1_000, stamp, step));
    fc.assert(
      fc.property(interval, interval, (left, right) => {
        const order = orderEdits({ left, right }, null);
        const mirror = orderEdits({ left: right, right: left }, null);
        expect(mirror.label).toBe(order.label);
        if (order.label !== "tie") expect(mirror.later).toBe(other(order.later));
      }),
    );
  });
});
