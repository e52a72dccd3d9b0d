/** What the server says to the user; it may quote names from a workspace, so nothing in it is a link. */

import {
  type LanguageClient,
  type MessageActionItem,
  MessageType,
  ShowMessageNotification,
  ShowMessageRequest,
} from 'vscode-languageclient/node';
import * as vscode from 'vscode';
import { unlinked } from '../unlinked';

/** Has this client show messages in place of the library, which would pass links on. */
export function showMessages(client: LanguageClient): void {
  client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
    void show(type, message, []);
  });
  client.onRequest(ShowMessageRequest.type, ({ type, message, actions = [] }) => show(type, message, actions));
}

async function show(
  type: MessageType,
  message: string,
  actions: readonly MessageActionItem[],
): Promise<MessageActionItem | null> {
  const { showErrorMessage, showWarningMessage, showInformationMessage } = vscode.window;
  const important = type === MessageType.Warning ? showWarningMessage : showInformationMessage;
  const shown = type === MessageType.Error ? showErrorMessage : important;
  return (await shown(unlinked(message), ...actions)) ?? null;
}
