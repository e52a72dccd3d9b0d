/** Programs that are run to their end: with their output line by line, and stopped with all that they started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a program is run. */
export interface RunOptions {
  /** Never a folder of the workspace: Python imports from where it runs. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Gets each line of both outputs. */
  readonly onLine?: (line: string) => void;
}

/** What became of it; the code is null if it was stopped or could not be started. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program without a shell; never rejects. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { folder, signal, onLine } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own, so that all of it can be stopped.
      detached: process.platform !== 'win32',
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        onLine?.(line);
      });
    }
    const abort = (): void => stop(child);
    const end = (code: number | null): void => {
      signal?.removeEventListener('abort', abort);
      resolve({ code, output: lines.join('\n') });
    };
    signal?.addEventListener('abort', abort);
    child.on('error', (error) => {
      onLine?.(error.message);
      end(null);
    });
    child.on('close', end);
    if (signal?.aborted) {
      stop(child);
    }
  });
}

function stop(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) {
    return;
  }
  if (process.platform === 'win32') {
    spawn('taskkill', ['/T', '/F', '/PID', String(child.pid)], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended meanwhile.
  }
}
