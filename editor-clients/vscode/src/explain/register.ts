/** Ways into the explain view: the selection, the symbol at the cursor, and the code actions of the server. */

import * as vscode from 'vscode';
import { say } from '../say';
import type { Session } from '../server/session';
import { type ExplainArgument, isExplainArgument } from './argument';
import type { ExplainCommand } from './conversation';
import { ExplainView } from './view';

/** The command behind code actions; takes the server's argument, and is in no menu. */
const EXPLAIN = 'phi.explain';

/** Registers the commands that explain. */
export function registerExplain(context: vscode.ExtensionContext, session: Session): void {
  const view = new ExplainView(context.extensionUri, session);
  context.subscriptions.push(
    view,
    vscode.commands.registerCommand(EXPLAIN, (argument: unknown, command?: ExplainCommand) =>
      isExplainArgument(argument) ? view.explain(argument, command) : undefined,
    ),
    vscode.commands.registerTextEditorCommand('phi.explainSelection', (editor) => {
      void (editor.selection.isEmpty ? view.explain(atCursor(editor)) : view.explain(selected(editor)));
    }),
    vscode.commands.registerTextEditorCommand('phi.explainSymbol', (editor) => {
      void (onWord(editor) ? view.explain(atCursor(editor)) : sayWhereToPutTheCursor());
    }),
  );
}

/** Explains what the argument of a server's command names; for commands that come from code actions. */
export async function showExplanation(argument: unknown, command: ExplainCommand = 'phi-ls.explain'): Promise<void> {
  await vscode.commands.executeCommand(EXPLAIN, argument, command);
}

function selected({ document, selection }: vscode.TextEditor): ExplainArgument {
  const { start, end } = selection;
  return { textDocument: identifier(document), range: { start: place(start), end: place(end) } };
}

function atCursor({ document, selection }: vscode.TextEditor): ExplainArgument {
  return { textDocument: identifier(document), position: place(selection.active) };
}

function onWord({ document, selection }: vscode.TextEditor): boolean {
  return document.getWordRangeAtPosition(selection.active) !== undefined;
}

async function sayWhereToPutTheCursor(): Promise<void> {
  await vscode.window.showInformationMessage(
    say('Put the cursor on a name, or select some code, and explain it then.'),
  );
}

function identifier(document: vscode.TextDocument): { uri: string } {
  return { uri: document.uri.toString() };
}

/** A position as LSP has it: lines and UTF-16 units, both from 0, as in VS Code. */
function place({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
