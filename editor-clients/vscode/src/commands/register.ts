/** The extension's own commands. */

import * as vscode from 'vscode';
import type { Pause } from '../completion/pause';
import { isCancelled, report, restart, showLog } from '../server/failure';
import type { ServerSession } from '../server/running';
import { showMenu } from '../status/menu';
import { selectDevice } from './device';
import { toggleLanguage, toggleSuggestions } from './language';
import { showMetrics } from './metrics';
import { selectModel } from './model';
import { whyNoSuggestion } from './why';

/** What the commands work on. */
export interface Subjects {
  readonly session: ServerSession;
  readonly pause: Pause;
  readonly folder: string;
  /** Asks how to install the server, does it, and starts what it has installed. */
  readonly install: () => Promise<void>;
}

/** Registers them; what goes wrong in one is said in a sentence. */
export function registerCommands(
  context: vscode.ExtensionContext,
  { session, pause, folder, install }: Subjects,
): void {
  const commands: Record<string, () => unknown> = {
    'phi.showMenu': () => showMenu(session, pause),
    'phi.pause': () => (pause.paused = true),
    'phi.resume': () => (pause.paused = false),
    'phi.toggleSuggestions': toggleSuggestions,
    'phi.toggleLanguage': toggleLanguage,
    'phi.selectModel': () => selectModel(session),
    'phi.selectDevice': () => session.program && selectDevice(session.program, folder, session.status?.engine ?? ''),
    'phi.whyNoSuggestion': () => whyNoSuggestion(session),
    'phi.showMetrics': () => showMetrics(session),
    'phi.showLog': () => session.log.show(),
    'phi.openSettings': () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:phi-ls.phi-ls'),
    'phi.installServer': install,
    'phi.restart': () => session.restart(),
  };
  for (const [id, command] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, () => saying(command, session)));
  }
}

async function saying(command: () => unknown, { running, log }: ServerSession): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!isCancelled(error)) {
      const message = error instanceof Error ? error.message : String(error);
      log.error(message);
      void report(message, ...(running ? [] : [restart()]), showLog());
    }
  }
}
