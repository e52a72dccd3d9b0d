/** The library's client, made for this server: what it announces, what it is shown, and what it keeps quiet about. */

import {
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
} from 'vscode-languageclient/node';
import type * as vscode from 'vscode';
import { userOptions } from './configuration';
import { showMessages } from './messages';
import type { Program } from './program';

/** What a client is made of beside the program. */
export interface Parts {
  readonly log: vscode.LogOutputChannel;
  readonly middleware: Middleware;
  readonly errorHandler: ErrorHandler;
  /** Where the server runs: never a folder of the workspace, from which Python would import modules. */
  readonly folder: string;
}

/** Returns a client that has not been started. */
export function makeClient(program: Program, parts: Parts): LanguageClient {
  const run = { command: program.command, args: [...program.args, '--stdio'], options: { cwd: parts.folder } };
  const client = new QuietClient('phi-ls', 'phi-ls', run, options(parts));
  client.registerFeature(showsResults);
  showMessages(client);
  return client;
}

function options({ log, middleware, errorHandler }: Parts): LanguageClientOptions {
  return {
    documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
    outputChannel: log,
    middleware,
    errorHandler,
    initializationOptions: userOptions,
    // The caller of `start` is told, and says it in the user's language.
    initializationFailedHandler: () => false,
    markdown: { isTrusted: false, supportHtml: false },
    stdioOptions: { stdout: () => undefined, stderr: copyLines },
  };
}

/** Server logs are lines with a level of their own; the library would call each of them an error. */
function copyLines(input: NodeJS.ReadableStream, log: vscode.LogOutputChannel): void {
  let rest = '';
  input.setEncoding('utf8');
  input.on('data', (piece: string) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach((line) => log.info(line));
  });
  input.on('end', () => rest && log.info(rest));
}

/** The library's own pop-ups are in English, and say less than ours; they go into the log alone. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Tells the server that what its commands return is shown here, so that it does not show it too. */
const showsResults: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), 'phi-ls': {} };
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
};
