/** What is done when the connection to the server ends without having been asked to. */

import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
  State,
} from 'vscode-languageclient/node';
import { say } from '../say';
import { Crashes } from './crashes';
import { report, restart, showLog } from './failure';

/** Restarts the server quietly; says so when it is given up. */
export class Supervision implements ErrorHandler {
  /** Whether the server is being started by somebody who waits, and tells the user if it fails. */
  awaited = false;
  private readonly crashes = new Crashes();

  constructor(private readonly state: () => State | undefined) {}

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    if (this.state() === State.Starting) {
      // Restarted from here, the library would end up with two starts that overwrite each other's state.
      return this.awaited ? giveUp() : giveUp(say('The phi-ls server stopped while it was starting.'));
    }
    if (this.crashes.allow(Date.now())) {
      return { action: CloseAction.Restart, handled: true };
    }
    return giveUp(say('The phi-ls server has stopped five times within three minutes.'));
  }
}

function giveUp(message?: string): CloseHandlerResult {
  if (message !== undefined) {
    void report(message, restart(), showLog());
  }
  return { action: CloseAction.DoNotRestart, handled: true };
}
