import { describe, expect, test } from "vitest";
import { literal, rowsById, rowsByNumber, rowsByText, rowsEditedAfter } from "./formula.ts";

describe("formulas", () => {
  test("texts are escaped, so that no content can end the literal", () => {
    expect(literal(`it's "a" \\ b\n\tc`)).toBe(`'it\\'s "a" \\\\ b\\n\\tc'`);
  });

  test("one id needs no OR", () => {
    expect(rowsById(["recA"])).toBe("RECORD_ID()='recA'");
    expect(rowsById(["recA", "recB"])).toBe("OR(RECORD_ID()='recA',RECORD_ID()='recB')");
  });

  test("markers are compared by field id", () => {
    expect(rowsByText("fldM", ["x'y", "z"])).toBe("OR({fldM}='x\\'y',{fldM}='z')");
  });

  test("numbers are compared as numbers", () => {
    expect(rowsByNumber("fldN", [-1.5, 7])).toBe("OR({fldN}=-1.5,{fldN}=7)");
  });

  test("edit questions carry their own instant", () => {
    expect(rowsEditedAfter([{ id: "recA", field: "fldB", thanMs: 0 }])).toBe(
      "AND(RECORD_ID()='recA',IS_AFTER(LAST_MODIFIED_TIME({fldB}),DATETIME_PARSE('1970-01-01T00:00:00.000Z')))",
    );
  });
});
