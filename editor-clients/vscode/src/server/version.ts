/** Which versions of the server this extension works with. */

/** The first version that has the commands, the status and the capabilities used here. */
export const OLDEST_SERVER = '0.1.0';

/** Returns whether `version` is `oldest` or newer, by its first three numbers; what is no version is old. */
export function isRecentEnough(version: string, oldest: string = OLDEST_SERVER): boolean {
  const [is, needed] = [numbers(version), numbers(oldest)];
  const differing = needed.findIndex((part, index) => part !== is[index]);
  return differing === -1 || (is[differing] ?? -1) > (needed[differing] ?? 0);
}

function numbers(version: string): number[] {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match ? [match[1], match[2], match[3] ?? '0'].map(Number) : [];
}
