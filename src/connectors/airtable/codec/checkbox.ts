// Checkboxes. An unticked box is absent from a record, and there is no third state.
import { boolean } from "../../../core/value.ts";
import { cell, oddCell, refusedKind, type Codec } from "./codec.ts";

export const checkboxCodec: Codec = {
  absent: boolean(false),
  decode: (content) => {
    if (typeof content === "boolean") return boolean(content);
    // A formula with a checkbox result may give 1 and 0, as inside formulas.
    if (content === 1 || content === 0) return boolean(content === 1);
    return oddCell(content);
  },
  encode: (value) => {
    if (value.kind === "empty") return cell(false);
    if (value.kind !== "boolean") return refusedKind(value, "checkboxes");
    return cell(value.isTrue);
  },
};
