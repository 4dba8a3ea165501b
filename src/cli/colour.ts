// Colour by what a thing means, not by its name, and off wherever it would be noise: in a pipe, with
// NO_COLOR (no-color.org) or with --no-color.
import picocolors from "picocolors";

type Paint = (text: string) => string;

export interface Colour {
  readonly added: Paint;
  readonly removed: Paint;
  readonly changed: Paint;
  readonly linked: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly ok: Paint;
  readonly warn: Paint;
  readonly fail: Paint;
}

export function makeColour(isOn: boolean): Colour {
  const colors = picocolors.createColors(isOn);
  return {
    added: colors.green,
    removed: colors.red,
    changed: colors.yellow,
    linked: colors.cyan,
    strong: colors.bold,
    faint: colors.dim,
    ok: colors.green,
    warn: colors.yellow,
    fail: (text) => colors.bold(colors.red(text)),
  };
}

export interface ColourAsked {
  /** False when --no-color was given. */
  readonly isWanted: boolean;
  readonly isTty: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function wantsColour({ isWanted, isTty, environment }: ColourAsked): boolean {
  if (!isWanted || (environment["NO_COLOR"] ?? "") !== "") return false;
  if ((environment["FORCE_COLOR"] ?? "0") !== "0") return true;
  return isTty && environment["TERM"] !== "dumb";
}
