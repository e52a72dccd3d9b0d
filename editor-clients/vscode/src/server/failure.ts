/** What went wrong with the server, in plain words, with the buttons that help. */

import * as vscode from 'vscode';
import { say } from '../say';
import { unlinked } from '../unlinked';

/** A remedy: the label of its button, and the command that it runs. */
export interface Remedy {
  readonly title: string;
  readonly command: string;
  readonly argument?: unknown;
}

export const restart = (): Remedy => ({ title: say('Restart'), command: 'phi.restart' });
export const showLog = (): Remedy => ({ title: say('Show log'), command: 'phi.showLog' });
export const install = (): Remedy => ({ title: say('Install…'), command: 'phi.installServer' });
export const openSetting = (key: string): Remedy => ({
  title: say('Open setting'),
  command: 'workbench.action.openSettings',
  argument: `@id:${key}`,
});

/** Shows the message and runs the remedy that is chosen. */
export async function report(message: string, ...remedies: Remedy[]): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(unlinked(message), ...remedies);
  if (chosen !== undefined) {
    const args = chosen.argument === undefined ? [] : [chosen.argument];
    await vscode.commands.executeCommand(chosen.command, ...args);
  }
}

/** Tells a failure from the user's own cancelling, which needs no message. */
export function isCancelled(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  // RequestCancelled and ServerCancelled of LSP.
  return error instanceof vscode.CancellationError || code === -32800 || code === -32802;
}
