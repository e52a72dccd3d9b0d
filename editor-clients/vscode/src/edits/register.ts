/** Edits that the server proposes: how they are asked for, shown, accepted and discarded. */

import * as vscode from 'vscode';
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from 'vscode-languageserver-protocol';
import type { Session } from '../server/session';
import { proposedIn, SCHEME } from './diff';
import { type DocumentationArgument, writeDocumentation } from './documentation';
import { Proposals } from './proposals';

/** The commands behind the server's requests and code actions; they are in no menu. */
const PROPOSE = 'phi.proposeEdit';
const DOCUMENT = 'phi.document';

/** Registers the commands, and what makes the texts that are proposed. */
export function registerEdits(context: vscode.ExtensionContext, session: Session): void {
  const proposals = new Proposals();
  const { registerCommand, registerTextEditorCommand } = vscode.commands;
  context.subscriptions.push(
    proposals,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, proposals),
    vscode.workspace.onDidChangeTextDocument(({ document }) => void proposals.changed(document)),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => proposals.closed(closed)),
    registerCommand(PROPOSE, (params: ApplyWorkspaceEditParams) => proposals.propose(params)),
    registerCommand(DOCUMENT, (argument: DocumentationArgument) => writeDocumentation(session, proposals, argument)),
    registerCommand('phi.acceptEdit', (address?: vscode.Uri | string) => proposals.accept(meant(address))),
    registerCommand('phi.discardEdit', (address?: vscode.Uri | string) => proposals.discard(meant(address))),
    registerTextEditorCommand('phi.documentSymbol', ({ document, selection }) => {
      const { line, character } = selection.active;
      const argument = { textDocument: { uri: document.uri.toString() }, position: { line, character } };
      void writeDocumentation(session, proposals, argument);
    }),
  );
}

/** Shows an edit of the server before it is made; stands in for what the library does with workspace/applyEdit. */
export async function handleApplyEdit(params: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> {
  return vscode.commands.executeCommand<ApplyWorkspaceEditResult>(PROPOSE, params);
}

/** Has documentation written; for the code action of the server. */
export async function showDocumentation(argument: unknown): Promise<void> {
  await vscode.commands.executeCommand(DOCUMENT, argument);
}

/** Returns which proposal a command is about: that of its notification or title bar, else the one in front. */
function meant(address: vscode.Uri | string | undefined): string | undefined {
  const named = address?.toString() ?? '';
  return named.startsWith(`${SCHEME}:`) ? named : proposedIn(vscode.window.tabGroups.activeTabGroup.activeTab);
}
