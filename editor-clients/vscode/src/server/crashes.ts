/** When a server that has died is started again, and when that is given up. */

/** As the library itself has it: the fifth crash within three minutes is the last. */
const CRASHES = 5;
const WITHIN_MS = 3 * 60 * 1000;

/** Counts crashes. */
export class Crashes {
  private times: number[] = [];

  /** Notes a crash at `now`, in milliseconds; returns whether the server is to be started again. */
  allow(now: number): boolean {
    this.times = [...this.times, now].slice(-CRASHES);
    return this.times.length < CRASHES || now - (this.times[0] ?? now) > WITHIN_MS;
  }
}
