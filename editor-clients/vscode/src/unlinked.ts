/** Text for notifications of VS Code, which makes links of what looks like one, even links that run commands. */

/** Returns the text without links: `[word](command:…)` in it is seen as it was written, but for a blank. */
export function unlinked(text: string): string {
  return text.replaceAll('](', '] (');
}
