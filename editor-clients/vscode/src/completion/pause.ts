/** Suggestions can be paused in this window until somebody goes on, or the window is closed. */

import * as vscode from 'vscode';

/** Whether suggestions are paused; a suggestion that is asked for by hand comes in any case. */
export class Pause implements vscode.Disposable {
  private value = false;
  private readonly changes = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.changes.event;

  get paused(): boolean {
    return this.value;
  }

  set paused(value: boolean) {
    this.value = value;
    // Menus show the one command or the other by it.
    void vscode.commands.executeCommand('setContext', 'phi.paused', value);
    this.changes.fire(value);
  }

  dispose(): void {
    this.changes.dispose();
  }
}
