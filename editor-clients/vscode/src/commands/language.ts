/** Suggestions on and off: everywhere, and for the language of the document that is looked at. */

import * as vscode from 'vscode';
import { isOn } from '../status/text';

const SUGGESTIONS = 'inlineCompletion.enable';

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('phi-ls');
}

/** Returns whether the server is to suggest at all. */
export function suggestionsOn(): boolean {
  return settings().get<boolean>('enable', true) && settings().get<boolean>(SUGGESTIONS, true);
}

/** Returns whether suggestions are on for a language, by its id in VS Code. */
export function languageOn(language: string): boolean {
  return isOn(settings().get('languages', {}), language);
}

/** Turns suggestions off or on again everywhere. */
export async function toggleSuggestions(): Promise<void> {
  await settings().update(SUGGESTIONS, !settings().get(SUGGESTIONS, true), vscode.ConfigurationTarget.Global);
}

/** Turns suggestions off or on again for the language of the document that is looked at. */
export async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  if (language === undefined) {
    return;
  }
  const own = settings().inspect<Record<string, boolean>>('languages')?.globalValue;
  const table = { ...own, [language]: !languageOn(language) };
  await settings().update('languages', table, vscode.ConfigurationTarget.Global);
}
