/** Requests for ghost text on their way to the server: none while paused, and each place once. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';
import type { Pause } from './pause';
import { Recent } from './recent';

/** What asks the server. */
type Next = Parameters<NonNullable<Middleware['provideInlineCompletionItems']>>[4];

type Items = vscode.InlineCompletionItem[] | vscode.InlineCompletionList;

/** Stands between VS Code and the library. */
export class Suggestions {
  private readonly recent = new Recent<Items>(() => new vscode.CancellationTokenSource());

  constructor(private readonly pause: Pause) {}

  /** Answers a request, from what is known or by the server. */
  async provide(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
    next: Next,
  ): Promise<Items | null | undefined> {
    if (context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke) {
      return next(document, position, context, token);
    }
    if (this.pause.paused) {
      return null;
    }
    return this.recent.get(keyOf(document, position, context), token, async (shared) =>
      next(document, position, context, shared as vscode.CancellationToken),
    );
  }
}

/** VS Code asks twice for the same place, and again after each word that is accepted. */
function keyOf(document: vscode.TextDocument, position: vscode.Position, context: vscode.InlineCompletionContext) {
  const { range, text } = context.selectedCompletionInfo ?? {};
  return JSON.stringify([document.uri.toString(), document.version, position, range, text]);
}
