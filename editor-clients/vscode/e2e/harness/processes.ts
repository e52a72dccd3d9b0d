// The processes of a test, found by a variable in their environment, whoever their parent is by now.
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** A process that runs. */
export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Returns the processes whose environment holds `entry` ("NAME=value"), but for this one and those that have ended. */
export function processesWith(entry: string): Found[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid && read(pid, 'environ').split('\0').includes(entry))
    .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter((found) => found.command !== '');
}

/** Waits until no process with `entry` is left; ends those that stay and throws, naming them. */
export async function noneLeft(entry: string): Promise<void> {
  try {
    await until(() => processesWith(entry).length === 0, 'every process has ended', 20_000);
  } catch {
    const left = processesWith(entry);
    left.forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    throw new Error(`left running: ${left.map((found) => found.command).join('; ')}`);
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile, or belongs to somebody else.
  }
}
