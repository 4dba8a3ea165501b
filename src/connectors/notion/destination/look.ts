// Icons and covers as the API takes them. What cannot be an address is left out before it is sent.
import type { Icon } from "../../../core/oneway/declaration.ts";
import { limits } from "../limits.ts";

/** An address that pictures, files and links can have. */
export function isWebAddress(url: string): boolean {
  if (url.length > limits.urlMax || !URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === "http:";
}

/** The icon of a request; null when it has no usable address or no sign. */
export function encodeIcon(icon: Icon): Readonly<Record<string, unknown>> | null {
  switch (icon.kind) {
    case "emoji":
      return icon.emoji === "" ? null : { type: "emoji", emoji: icon.emoji };
    case "named":
      return {
        type: "icon",
        icon: { name: icon.name, ...(icon.color === null ? {} : { color: icon.color }) },
      };
    case "image":
      return isWebAddress(icon.url) ? { type: "external", external: { url: icon.url } } : null;
  }
}

/** The cover of a request; null when the address is none. */
export function encodeCover(url: string): Readonly<Record<string, unknown>> | null {
  return isWebAddress(url) ? { type: "external", external: { url } } : null;
}
