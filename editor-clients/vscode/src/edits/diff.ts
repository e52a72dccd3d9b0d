/** The diff editor in which an edit is looked at: the document beside what would become of it. */

import { posix } from 'node:path';
import * as vscode from 'vscode';

/** Of the addresses of texts that are proposed. */
export const SCHEME = 'phi-proposal';

/** Returns the address of a proposed text; it ends as the document's does, for the same colours. */
export function addressOf(id: number, document: vscode.TextDocument): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${id}/${posix.basename(document.uri.path)}` });
}

/** Shows the document and what is proposed side by side. */
export async function openDiff(document: vscode.TextDocument, proposed: vscode.Uri, title: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.diff', document.uri, proposed, title, { preview: false });
}

/** Closes the diff editors that show this proposal. */
export async function closeDiff(proposed: vscode.Uri): Promise<void> {
  const address = proposed.toString();
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter((tab) => proposedIn(tab) === address));
}

/** Returns the address of what a tab proposes; undefined for other tabs. */
export function proposedIn(tab: vscode.Tab | undefined): string | undefined {
  const shown = tab?.input instanceof vscode.TabInputTextDiff ? tab.input.modified : undefined;
  return shown?.scheme === SCHEME ? shown.toString() : undefined;
}
