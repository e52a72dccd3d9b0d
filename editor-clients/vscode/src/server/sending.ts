/** Running a command of the server: its pieces on the way, its cancelling, and what its failing means. */

import * as vscode from 'vscode';
import { ErrorCodes, ExecuteCommandRequest, type LanguageClient, ProgressType } from 'vscode-languageclient/node';
import { say } from '../say';
import { isCancelled } from './failure';
import type { ExecuteOptions } from './session';

/** What `$/progress` carries for a command's token. */
interface Piece {
  readonly kind: 'delta';
  readonly text: string;
}

let tokens = 0;

/** Returns what the command returns; throws CancellationError, or the error with the server's own words. */
export async function send<T>(
  client: LanguageClient,
  command: string,
  argument: object,
  options: ExecuteOptions = {},
): Promise<T> {
  const { onDelta } = options;
  const token = `phi/${++tokens}`;
  const pieces = onDelta && client.onProgress(new ProgressType<Piece>(), token, ({ text }) => onDelta(text));
  try {
    const params = { command, arguments: [{ ...argument, ...(pieces && { token }) }] };
    return (await client.sendRequest(ExecuteCommandRequest.type, params, options.token)) as T;
  } catch (error) {
    throw meaning(error);
  } finally {
    pieces?.dispose();
  }
}

function meaning(error: unknown): unknown {
  if (isCancelled(error)) {
    return new vscode.CancellationError();
  }
  const { code } = error as { code?: unknown };
  const lost = code === ErrorCodes.PendingResponseRejected || code === ErrorCodes.ConnectionInactive;
  return lost ? new Error(say('The phi-ls server stopped before it had answered.')) : error;
}
