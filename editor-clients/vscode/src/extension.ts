/** The extension's life: what is made when it is activated, and what ends with it. */

import * as vscode from 'vscode';
import { registerChat } from './chat/register';
import { registerCommands } from './commands/register';
import { Pause } from './completion/pause';
import { Suggestions } from './completion/suggestions';
import { handleApplyEdit, registerEdits, showDocumentation } from './edits/register';
import { registerExplain, showExplanation } from './explain/register';
import { chooseLanguage } from './say';
import { Discovery } from './server/discovery';
import { install, offer } from './server/installation';
import { makeMiddleware } from './server/middleware';
import { ProgressNotifications } from './server/progress';
import { ServerSession } from './server/running';
import { USER_OPTIONS } from './server/options';
import { StatusItem } from './status/item';

let session: ServerSession | undefined;

/** Called by VS Code once it has started. */
export function activate(context: vscode.ExtensionContext): void {
  chooseLanguage(context.extensionPath);
  const log = vscode.window.createOutputChannel('phi-ls', { log: true });
  const pause = new Pause();
  const discovery = new Discovery(context, log, () => void offer());
  const progress = new ProgressNotifications((token) => current.cancelProgress(token));
  const middleware = makeMiddleware(new Suggestions(pause), progress, {
    explain: showExplanation,
    document: showDocumentation,
    applyEdit: handleApplyEdit,
  });
  const current = new ServerSession(log, middleware, () => discovery.find(), context.extensionPath);
  session = current;
  const installServer = async (): Promise<void> => {
    if (await install(context, discovery, log)) {
      await current.restart();
    }
  };
  current.onDidChangeStatus((status) => status ?? progress.clear());
  registerExplain(context, current);
  registerEdits(context, current);
  registerChat(context, current);
  registerCommands(context, { session: current, pause, folder: context.extensionPath, install: installServer });
  // The language is taken up before anything is said anew.
  context.subscriptions.push(log, pause, ...watch(context, current));
  context.subscriptions.push(new StatusItem(current, pause));
  void current.restart();
}

/** Called by VS Code before it ends; it waits for the server to end. */
export async function deactivate(): Promise<void> {
  await session?.dispose();
}

/** What is only sent at the start needs a new one; so does a server that could not be looked for before. */
function watch(context: vscode.ExtensionContext, current: ServerSession): vscode.Disposable[] {
  return [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('phi-ls.language')) {
        chooseLanguage(context.extensionPath);
      }
      if (['server.path', ...USER_OPTIONS].some((key) => event.affectsConfiguration(`phi-ls.${key}`))) {
        void current.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => current.running || void current.restart()),
  ];
}
