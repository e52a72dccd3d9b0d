/** The entry in the status bar: who suggests, where, how fast, and whether something is wrong. */

import * as vscode from 'vscode';
import { languageOn, suggestionsOn } from '../commands/language';
import type { Pause } from '../completion/pause';
import { say } from '../say';
import type { Session } from '../server/session';
import { details } from './details';
import { isOtherDevice, type Situation, text } from './text';

/** Keeps the entry as things are. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('phi-ls', vscode.StatusBarAlignment.Right, 100);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly session: Session,
    private readonly pause: Pause,
  ) {
    const update = (): void => this.update();
    this.item.name = 'phi-ls';
    this.item.command = 'phi.showMenu';
    this.subscriptions = [
      session.onDidChangeStatus(update),
      pause.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('phi-ls') && update()),
    ];
    update();
    this.item.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.item.dispose();
  }

  private update(): void {
    const situation = this.situation();
    this.item.text = text(situation);
    this.item.tooltip = lines(situation).join('\n');
    this.item.accessibilityInformation = { label: lines(situation).join('. '), role: 'button' };
    this.item.backgroundColor = colour(situation);
  }

  private situation(): Situation {
    const document = vscode.window.activeTextEditor?.document;
    const on = suggestionsOn() && (document === undefined || languageOn(document.languageId));
    return { status: this.session.status, running: this.session.running, paused: this.pause.paused, languageOn: on };
  }
}

function lines({ status, running, paused, languageOn }: Situation): string[] {
  if (!running || status === undefined) {
    return [running ? say('The phi-ls server is starting.') : say('The phi-ls server is not running.')];
  }
  return [
    ...details(status),
    ...(paused ? [say('Suggestions are paused in this window')] : []),
    ...(languageOn ? [] : [say('Suggestions are off here')]),
  ];
}

function colour({ status, running }: Situation): vscode.ThemeColor | undefined {
  if (!running || status === undefined) {
    return undefined;
  }
  if (status.kind === 'error') {
    return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
  const warn = status.kind === 'warning' || isOtherDevice(status);
  return warn ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}
