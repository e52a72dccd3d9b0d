/** Looking for programs in the folders where they are installed. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';

/** Where programs may be. */
export interface Places {
  readonly env: NodeJS.ProcessEnv;
  /** Folders whose programs are not run, as those of a workspace that is not trusted. */
  readonly forbidden: readonly string[];
  /** Folders that are looked into after all others. */
  readonly further: readonly string[];
}

/** Returns the absolute path of the program, from the first folder that has it. */
export async function findProgram(name: string, places: Places): Promise<string | undefined> {
  for (const folder of folders(places)) {
    for (const suffix of process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']) {
      const candidate = join(folder, name + suffix);
      if (await isProgram(candidate)) {
        return candidate;
      }
    }
  }
  return undefined;
}

/** Returns whether the file is there and may be run. */
export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Returns the path with `~` replaced by the home folder; undefined if it is not absolute then. */
export function absolute(path: string): string | undefined {
  const expanded = /^~(?=[/\\]|$)/.test(path) ? homedir() + path.slice(1) : path;
  return isAbsolute(expanded) ? expanded : undefined;
}

/** Editors that are started from a desktop do not have the user's own folder of programs on their PATH. */
function folders({ env, forbidden, further }: Places): string[] {
  const path = (env['PATH'] ?? env['Path'] ?? '').split(delimiter);
  const own = [env['UV_TOOL_BIN_DIR'], env['PIPX_BIN_DIR'], env['XDG_BIN_HOME'], join(homedir(), '.local', 'bin')];
  const all = [...path, ...own.map((folder) => folder ?? ''), ...further];
  return all.filter((folder) => isAbsolute(folder) && !forbidden.some((outer) => isInside(folder, outer)));
}

/** Returns whether `path` is the folder `outer` or lies in it. */
export function isInside(path: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(path));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
