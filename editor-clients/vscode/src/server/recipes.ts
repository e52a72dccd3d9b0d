/** How the server can be installed on this machine: which commands would be run. */

import { join } from 'node:path';

/** One command, without a shell. */
export type Step = readonly [command: string, ...args: string[]];

/** One way to install. */
export interface Recipe {
  /** The tool that does it, as people know it. */
  readonly tool: 'uv' | 'pipx' | 'venv';
  readonly steps: readonly [Step, ...Step[]];
}

/** What there is on the machine: absolute paths of programs. */
export interface Tools {
  readonly uv?: string | undefined;
  readonly pipx?: string | undefined;
  /** A Python that can make environments. */
  readonly python?: string | undefined;
}

/** The versions of Python that the server is tested with. */
const PYTHONS = '>=3.10,<3.14';

/** Returns the ways that are open, the best first: `wheel` is the server's package, `folder` where a venv would go. */
export function recipes(tools: Tools, wheel: string, folder: string): Recipe[] {
  const found: Recipe[] = [];
  if (tools.uv !== undefined) {
    found.push({ tool: 'uv', steps: [[tools.uv, 'tool', 'install', '--force', '--python', PYTHONS, wheel]] });
  }
  if (tools.pipx !== undefined) {
    found.push({ tool: 'pipx', steps: [[tools.pipx, 'install', '--force', wheel]] });
  }
  if (tools.python !== undefined) {
    const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    const make: Step = [tools.python, '-m', 'venv', '--clear', folder];
    found.push({ tool: 'venv', steps: [make, [python, '-m', 'pip', 'install', wheel]] });
  }
  return found;
}

/** Returns the command as somebody would type it. */
export function shown(step: Step): string {
  return step.map((part) => (/[\s<>]/.test(part) ? `"${part}"` : part)).join(' ');
}
