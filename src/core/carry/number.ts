// Numbers, and numbers kept in text fields. A side that shows fewer digits makes both agree to that
// many: Airtable keeps the noise of binary fractions (0.29999999999999877 was recorded) and people
// mean 0.3.
import type { Bridge, BridgeInput } from "../bridge.ts";
import { empty, number, valueKey, type Value } from "../value.ts";
import { sided } from "../side.ts";
import { fitText, plainText } from "./text.ts";

/** Digits that survive when no side limits them: one less than a double can hold. */
const significantDigits = 15;

function decimalsOf(input: BridgeInput): number | null {
  const limits = [input.left, input.right].flatMap((kind) =>
    kind.kind === "number" && kind.decimals !== null ? [kind.decimals] : [],
  );
  return limits.length === 0 ? null : Math.min(...limits);
}

function round(value: number, decimals: number | null): number {
  const rounded = Number(value.toPrecision(significantDigits));
  // The largest numbers there are would be rounded up to infinity.
  const digits = Number.isFinite(rounded) ? rounded : value;
  return decimals === null ? digits : Number(digits.toFixed(decimals));
}

/** A number written as people write it; null when the text is no number. */
function parseNumber(content: string): number | null {
  const trimmed = content.trim();
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

export function bridgeNumbers(input: BridgeInput): Bridge {
  const kinds = { left: input.left, right: input.right };
  const decimals = decimalsOf(input);
  const asNumber = (value: Value): number | null => {
    if (value.kind === "number") return value.number;
    const content = plainText(value);
    return content === null ? null : parseNumber(content);
  };
  const canonOf = (value: Value): string => {
    if (value.kind === "empty") return "";
    const found = asNumber(value);
    return found === null ? valueKey(value) : valueKey(number(round(found, decimals)));
  };
  return {
    grade: decimals === null ? "exact" : "lossy",
    loss: decimals === null ? null : `digits beyond ${decimals} after the point`,
    canon: sided(() => canonOf),
    carry: (to, value) => {
      if (value.kind === "empty") return { kind: "value", value: empty, isLossy: false };
      const found = asNumber(value);
      if (found === null) return { kind: "refused", why: "the text is no number" };
      const target = kinds[to];
      if (target.kind === "number") {
        // To the digits that both sides show: cut in two steps, 0.496 would become 0.5 and then 1.
        const digits = target.decimals === null ? null : decimals;
        return { kind: "value", value: number(round(found, digits)), isLossy: false };
      }
      return fitText(String(round(found, null)), target, false);
    },
  };
}
