// Ghost text as VS Code draws it.

/** Runs in the page. Returns the ghost text on the screen, its lines one below the other; empty if there is none. */
export function ghostText(): string {
  const inLine = [...document.querySelectorAll('.ghost-text-decoration, .ghost-text-decoration-preview')];
  const first = inLine.filter((part) => part.closest('.suggest-preview-text') === null).map((part) => part.textContent);
  const below = [...document.querySelectorAll('.suggest-preview-text .view-line')].map((line) => line.textContent);
  const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u00b7', ' ');
  return [first.join(''), ...below].map(plain).join('\n');
}
