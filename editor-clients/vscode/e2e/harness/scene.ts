// The folders of a window: a workspace, and a place for everything that VS Code and the server write.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a test wants its window to be like. */
export interface Wishes {
  /** The files of the workspace, by their names. */
  readonly files: Record<string, string>;
  /** Of the user, added to those that every test has. */
  readonly settings?: Record<string, unknown>;
  /** What the scripted model says (see the engine `echo`); without it the built-in model answers. */
  readonly answers?: readonly object[];
  /** The language of VS Code itself. */
  readonly language?: string;
  /** Whether VS Code does not trust the workspace. */
  readonly restricted?: boolean;
  readonly environment?: Record<string, string>;
  readonly extensions?: readonly string[];
  readonly size?: { width: number; height: number };
}

/** Folders and files that have been made. */
export interface Scene {
  readonly folder: string;
  readonly workspace: string;
  readonly environment: Record<string, string>;
}

/** Makes them. */
export function makeScene({ files, answers, environment }: Wishes): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'phi-ls-vscode-'));
  const workspace = join(folder, 'project');
  Object.entries(files).forEach(([name, text]) => write(join(workspace, name), text));
  const home = join(folder, 'home');
  const moved = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    PHI_LS_CACHE_DIR: join(folder, 'phi-ls/cache'),
    PHI_LS_STATE_DIR: join(folder, 'phi-ls/state'),
    PHI_LS_DATA_DIR: join(folder, 'phi-ls/data'),
    PHI_LS_CONFIG: join(folder, 'phi-ls/config.toml'),
    PHI_LS_ECHO_SCRIPT: join(folder, 'script.json'),
  };
  mkdirSync(home);
  mkdirSync(dirname(moved.PHI_LS_CONFIG), { recursive: true });
  if (answers) {
    writeFileSync(moved.PHI_LS_CONFIG, 'engine = "echo"\n');
    writeFileSync(moved.PHI_LS_ECHO_SCRIPT, JSON.stringify({ answers }));
  }
  return { folder, workspace, environment: { ...moved, ...environment } };
}

/** Removes them. */
export function removeScene({ folder }: Scene): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
