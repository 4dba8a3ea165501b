// The Markdown a rich-text cell gives back: `*` and `+` bullets become `-`, and exactly one newline ends
// the text, also of a cleared cell (recorded: `#header\n* bullet` came back as `#header\n- bullet\n`).

/** The stored form of written Markdown. Code fences are left alone. */
export function normalizeRichText(written: string): string {
  let isFenced = false;
  const lines = written.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  const normal = lines.map((line) => {
    if (/^\s*```/.test(line)) isFenced = !isFenced;
    return isFenced ? line : line.replace(/^(\s*)[*+](\s+)/, "$1-$2");
  });
  return `${normal.join("\n")}\n`;
}

/** What a cleared cell reads as. */
export const clearedRichText = "\n";
