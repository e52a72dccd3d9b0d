/** The running server as the rest of the extension sees it: its status, its commands, its log. */

import type * as vscode from 'vscode';
import type { Status } from './status';

/** The running server, across restarts. */
export interface Session {
  readonly running: boolean;
  readonly status: Status | undefined;
  readonly onDidChangeStatus: vscode.Event<Status | undefined>;
  /** Runs a command of the server; `onDelta` gets streamed pieces. Cancels through the token. */
  execute<T>(command: string, argument: object, options?: ExecuteOptions): Promise<T>;
  readonly log: vscode.LogOutputChannel;
}

/** How a command of the server is run. */
export interface ExecuteOptions {
  /** Gets each piece of the text while the model writes it. */
  readonly onDelta?: (text: string) => void;
  readonly token?: vscode.CancellationToken;
}
