/** The model in VS Code's chat: there while the setting `phi-ls.chat.enable` is on. */

import * as vscode from 'vscode';
import type { Session } from '../server/session';
import { ChatProvider } from './provider';

/** As the manifest names it. */
const VENDOR = 'phi-ls';

/** Registers the model with VS Code, and takes it back, as the setting says. */
export function registerChat(context: vscode.ExtensionContext, session: Session): void {
  let registered: vscode.Disposable | undefined;
  const follow = (): void => {
    registered?.dispose();
    registered = isWanted() ? register(session) : undefined;
  };
  follow();
  context.subscriptions.push(
    {
      dispose: () => {
        registered?.dispose();
      },
    },
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('phi-ls.chat.enable')) {
        follow();
      }
    }),
  );
}

function isWanted(): boolean {
  return vscode.workspace.getConfiguration('phi-ls').get('chat.enable', false);
}

function register(session: Session): vscode.Disposable {
  const provider = new ChatProvider(session);
  return vscode.Disposable.from(provider, vscode.lm.registerLanguageModelChatProvider(VENDOR, provider));
}
