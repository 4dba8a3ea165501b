// Takes a worker's secrets out of text before anybody keeps it: by value, because a worker's secrets
// have no common shape, and by the shapes of the two services' tokens. Short values stay: masking
// every `true` or `8080` would make logs unreadable and hide nothing.
import { redact } from "../lib/redact.ts";

const secretCharactersMin = 6;

/** The same text with every known secret replaced. */
export type Mask = (text: string) => string;

export function makeMask(secrets: readonly string[]): Mask {
  const forms = new Set(
    secrets.flatMap(formsOf).filter((form) => form.length >= secretCharactersMin),
  );
  // The longest first: a secret may hold another one.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) =>
    redact(ordered.reduce((masked, form) => masked.replaceAll(form, "[secret]"), text));
}

/** As it is, line by line (logs are kept by the line), in an address, and within JSON. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/u).map((line) => line.trim());
  return [secret, ...lines].flatMap((form) => [
    form,
    encodeURIComponent(form.toWellFormed()),
    JSON.stringify(form).slice(1, -1),
  ]);
}
