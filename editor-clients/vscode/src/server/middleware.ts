/** What is done in this extension with the server's requests, instead of what the library does. */

import type * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';
import type { Suggestions } from '../completion/suggestions';
import { configuration } from './configuration';
import type { ProgressNotifications } from './progress';

/** What shows the server's answers. */
export interface Views {
  /** Shows an explanation: the argument of `phi-ls.explain`. */
  explain(argument: object, command: 'phi-ls.explain' | 'phi-ls.regenerate'): unknown;
  /** Shows an edit of the server before it is made. */
  readonly applyEdit: ApplyEdit;
  /** Writes documentation: the argument of `phi-ls.docstring`. */
  document(argument: object): unknown;
}

/** Gets the edit, and what makes it at once. */
export type ApplyEdit = NonNullable<NonNullable<Middleware['workspace']>['handleApplyEdit']>;

/** Returns the middleware of the client. */
export function makeMiddleware(suggestions: Suggestions, progress: ProgressNotifications, views: Views): Middleware {
  return {
    provideInlineCompletionItems: (...request) => suggestions.provide(...request),
    handleWorkDoneProgress: (token, value, next) => progress.handle(token, value, () => next(token, value)),
    executeCommand: (command, args, next): vscode.ProviderResult<unknown> => {
      const argument: unknown = args[0];
      if (typeof argument !== 'object' || argument === null) {
        return next(command, args);
      }
      switch (command) {
        case 'phi-ls.explain':
        case 'phi-ls.regenerate':
          return views.explain(argument, command);
        case 'phi-ls.docstring':
          return views.document(argument);
        default:
          return next(command, args);
      }
    },
    workspace: {
      configuration: (params) => configuration(params),
      handleApplyEdit: views.applyEdit,
    },
  };
}
