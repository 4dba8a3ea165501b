import { expect, test } from "vitest";
import { migrations, newestOf, refuseNewer } from "./migrate.ts";

const steps = (...versions: number[]) =>
  versions.map((version) => ({ version, statements: () => [] }));

test("the newest version is the highest, whatever the order and the gaps", () => {
  expect(newestOf(steps(1, 7, 3))).toBe(7);
  expect(newestOf(migrations)).toBe(3);
});

test("a store of a later version is refused, one of the same or an earlier is not", () => {
  expect(() => refuseNewer(4, 3)).toThrow(
    expect.objectContaining({
      code: "store_newer",
      remedy:
        "Install the newest tandem-sync, or put back the backup that was made before the upgrade.",
    }),
  );
  refuseNewer(3, 3);
  refuseNewer(0, 3);
});
