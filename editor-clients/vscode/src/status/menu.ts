/** The menu behind the status bar entry: how things are, and what can be done. */

import * as vscode from 'vscode';
import { languageOn, suggestionsOn } from '../commands/language';
import type { Pause } from '../completion/pause';
import { say } from '../say';
import type { Session } from '../server/session';
import { type Fact, facts } from './details';

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

/** Shows the menu and runs the command that is chosen. */
export async function showMenu(session: Session, pause: Pause): Promise<void> {
  const chosen = await vscode.window.showQuickPick(entries(session, pause), {
    title: 'phi-ls',
    placeHolder: headline(session),
    matchOnDescription: true,
  });
  if (chosen?.command !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function headline({ running, status }: Session): string {
  if (!running) {
    return say('The phi-ls server is not running.');
  }
  return status?.message ?? say('The phi-ls server is starting.');
}

function entries(session: Session, pause: Pause): Entry[] {
  const about = session.running && session.status ? facts(session.status).map(factEntry) : [];
  const serverDoes = session.running
    ? [...suggestions(pause), ...model()]
    : [entry('cloud-download', say('Install the phi-ls server…'), 'phi.installServer')];
  return [
    ...about,
    ...serverDoes,
    separator(say('Server')),
    entry('output', say('Show log'), 'phi.showLog'),
    entry('debug-restart', session.running ? say('Restart the server') : say('Start the server'), 'phi.restart'),
    entry('gear', say('Settings'), 'phi.openSettings'),
  ];
}

function factEntry({ text, command }: Fact): Entry {
  return entry('info', text, command);
}

function suggestions(pause: Pause): Entry[] {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const on = say('Turn suggestions on');
  return [
    separator(say('Suggestions')),
    pause.paused
      ? entry('debug-continue', say('Resume suggestions'), 'phi.resume')
      : entry('debug-pause', say('Pause suggestions in this window'), 'phi.pause'),
    entry('sparkle', suggestionsOn() ? say('Turn suggestions off') : on, 'phi.toggleSuggestions'),
    ...(language === undefined ? [] : [languageEntry(language)]),
    entry('question', say('Why was nothing suggested?'), 'phi.whyNoSuggestion'),
  ];
}

function languageEntry(language: string): Entry {
  const label = languageOn(language)
    ? say('Turn suggestions off for {0}', language)
    : say('Turn suggestions on for {0}', language);
  return entry('symbol-misc', label, 'phi.toggleLanguage');
}

function model(): Entry[] {
  return [
    separator(say('Model')),
    entry('circuit-board', say('Choose or fetch a model…'), 'phi.selectModel'),
    entry('chip', say('Choose the device…'), 'phi.selectDevice'),
    entry('graph', say('Show metrics'), 'phi.showMetrics'),
  ];
}

function entry(icon: string, label: string, command: string): Entry {
  return { label: `$(${icon}) ${label}`, command };
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
