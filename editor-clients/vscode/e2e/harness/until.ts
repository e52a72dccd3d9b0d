// Waiting for conditions.
import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until `probe` gives something true, and returns that; throws naming `what` after `limitMs`. */
export async function until<T>(probe: () => T | Promise<T>, what: string, limitMs = 60_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    }
    await pause(50);
  }
}
