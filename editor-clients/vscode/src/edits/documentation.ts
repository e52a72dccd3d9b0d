/** Documentation of the declaration at the cursor: asked for here, and shown as an edit to accept. */

import * as vscode from 'vscode';
import { AGAIN, failureOf } from '../explain/words';
import { say } from '../say';
import { report } from '../server/failure';
import type { Session } from '../server/session';
import type { Proposals } from './proposals';

/** The argument of `phi-ls.docstring`. */
export interface DocumentationArgument {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
  readonly language?: string;
}

/** Has the documentation written; ends when the edit is shown, not when the user has decided. */
export async function writeDocumentation(
  session: Session,
  proposals: Proposals,
  argument: DocumentationArgument,
): Promise<void> {
  const title = say('Documentation is being written');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const shown = proposals.nextFor(argument.textDocument.uri);
  try {
    await vscode.window.withProgress(options, (_, token) =>
      Promise.race([shown.promise, session.execute('phi-ls.docstring', argument, { token })]),
    );
  } catch (error) {
    const { message, remedies } = failureOf(error, '', session) ?? { message: '', remedies: [] };
    if (message) {
      void report(message, ...remedies.filter(({ command }) => command !== AGAIN));
    }
  } finally {
    shown.giveUp();
  }
}
