/** Where the server is: the setting, the selected Python environment, the PATH, what was installed from here. */

import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { say } from '../say';
import { openSetting, report } from './failure';
import { run } from './process';
import type { Program } from './program';
import { selectedInterpreter } from './python';
import { isRecentEnough } from './version';
import { absolute, findProgram, isProgram, type Places } from './search';

/** The setting that names the program; nobody but the user and the machine can set it. */
export const PATH_SETTING = 'phi-ls.server.path';

const VERSION = 'import phi_ls; print(phi_ls.__version__)';

/** Looks for the server. */
export class Discovery {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    /** Tells the user that there is none. */
    private readonly offer: () => void,
  ) {}

  /** Returns the program; if there is none, or the setting names none, the user has been told so. */
  async find(): Promise<Program | undefined> {
    const named = vscode.workspace.getConfiguration('phi-ls').get<string>('server.path', '');
    if (named !== '') {
      return this.fromSetting(named);
    }
    const found = (await this.fromEnvironment()) ?? (await this.fromPath());
    if (found === undefined) {
      this.offer();
    }
    return found;
  }

  /** Where programs are looked for. */
  get places(): Places {
    const own = join(environmentFolder(this.context), process.platform === 'win32' ? 'Scripts' : 'bin');
    const folders = vscode.workspace.workspaceFolders ?? [];
    const forbidden = vscode.workspace.isTrusted ? [] : folders.map((folder) => folder.uri.fsPath);
    return { env: process.env, forbidden, further: [own] };
  }

  private async fromSetting(named: string): Promise<Program | undefined> {
    const command = absolute(named);
    if (command !== undefined && (await isProgram(command))) {
      return { command, args: [], origin: 'setting' };
    }
    const message = say(
      'phi-ls: the setting {0} names {1}, which is not a program that can be run.',
      PATH_SETTING,
      named,
    );
    void report(message, openSetting(PATH_SETTING));
    return undefined;
  }

  private async fromEnvironment(): Promise<Program | undefined> {
    if (!vscode.workspace.isTrusted) {
      // The environment may be a folder of the workspace.
      return undefined;
    }
    const command = await selectedInterpreter(this.log);
    if (command === undefined || !isAbsolute(command)) {
      return undefined;
    }
    const signal = AbortSignal.timeout(10_000);
    const { code, output } = await run(command, ['-c', VERSION], { folder: this.context.extensionPath, signal });
    if (code !== 0 || !isRecentEnough(output.trim())) {
      this.log.info(`no recent phi-ls in the environment of ${command}`);
      return undefined;
    }
    return { command, args: ['-m', 'phi_ls'], origin: 'environment' };
  }

  private async fromPath(): Promise<Program | undefined> {
    const command = await findProgram('phi-ls', this.places);
    return command === undefined ? undefined : { command, args: [], origin: 'path' };
  }
}

/** Returns the folder of the environment that the extension makes where neither uv nor pipx is there. */
export function environmentFolder(context: vscode.ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, 'server');
}
