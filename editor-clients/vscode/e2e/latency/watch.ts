// Runs in the page: notes for each key when the ghost text that follows from it is there.
import type { Page } from 'playwright-core';
import { ghostText } from '../harness/ghost.ts';

/** A key: milliseconds until ghost text that was not there before it; null if the next key came first, or none came. */
export type Key = number | null;

/** Begins to note keys. */
export async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(`globalThis.phiGhost = ${ghostText.toString()}`);
  await page.evaluate(() => {
    const ghost = (globalThis as unknown as { phiGhost: () => string }).phiGhost;
    const keys: { at: number; before: string; ms: number | null }[] = [];
    Object.assign(globalThis, { phiKeys: keys });
    document.addEventListener(
      'keydown',
      ({ key }) => {
        if (key.length === 1 || key === 'Enter') {
          keys.push({ at: performance.now(), before: ghost(), ms: null });
        }
      },
      true,
    );
    const look = (): void => {
      const key = keys.at(-1);
      const now = ghost();
      if (key?.ms === null && now !== '' && now !== key.before) {
        key.ms = performance.now() - key.at;
      }
    };
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document.body, all);
  });
}

/** Returns the keys since then. */
export async function seenKeys(page: Page): Promise<Key[]> {
  return page.evaluate(() => {
    const { phiKeys } = globalThis as unknown as { phiKeys: { ms: number | null }[] };
    return phiKeys.map(({ ms }) => ms);
  });
}
