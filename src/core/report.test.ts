// The words in which a run says whether the two sides agree.
import { expect, test } from "vitest";
import { agreementOf } from "./report.ts";

test.each([
  [{}, 0, false, "in sync"],
  [{ outOfScope: 7 }, 0, false, "in sync"],
  [{ ask: 2, hot: 1, outOfScope: 7 }, 0, false, "in sync except 3 held"],
  [{}, 1, false, "in sync except 1 unknown"],
  [{}, 0, true, "in sync except a listing cut short"],
  [{ ask: 2, rejected: 1 }, 1, true, "in sync except 3 held, 1 unknown, a listing cut short"],
] as const)(
  "in sync is said only when nothing is left: %j, %i rows unknown, listing cut: %s",
  (holds, rowsUnknown, isListingCut, said) => {
    expect(agreementOf({ holds, rowsUnknown }, isListingCut)).toBe(said);
  },
);
