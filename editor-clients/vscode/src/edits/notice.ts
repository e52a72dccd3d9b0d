/** The notification that asks about an edit; it is gone when the user has decided, there or in the diff editor. */

import * as vscode from 'vscode';
import { say } from '../say';
import { unlinked } from '../unlinked';

/** Asks whether to make the edit that is shown at an address, until it is `decided`; VS Code cuts long questions. */
export function askAbout(address: string, question: string, decided: Promise<unknown>): void {
  const argument = encodeURIComponent(JSON.stringify([address]));
  const link = (label: string, command: string): string => `[${label}](command:${command}?${argument})`;
  const answers = [link(say('Insert'), 'phi.acceptEdit'), link(say('Discard'), 'phi.discardEdit')];
  // Of all that an extension can show there, only this kind can be taken away again.
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `${unlinked(question)} ${answers.join(' · ')}`,
  };
  void vscode.window.withProgress(options, async (progress) => {
    progress.report({ increment: 0 }); // nothing is under way: no bar that moves
    await decided;
  });
}
