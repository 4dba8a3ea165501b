// Numbers, percents (as fractions: 0.5 is 50 %), currencies, durations (in seconds) and ratings. The
// service keeps doubles with all their noise (recorded: 0.29999999999999877); rounding to what a
// field shows is the core's business.
import { empty, number } from "../../../core/value.ts";
import { cell, oddCell, refusedKind, type Codec } from "./codec.ts";

export const numberCodec: Codec = {
  absent: empty,
  decode: (content) => (typeof content === "number" ? number(content) : oddCell(content)),
  encode: (value) => {
    if (value.kind === "empty") return cell(null);
    if (value.kind !== "number") return refusedKind(value, "numbers");
    return cell(value.number);
  },
};
