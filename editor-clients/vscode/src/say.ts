/** Sentences for the user, in the language of the setting `phi-ls.language`, else of the display language. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Argument, choose, fill, inLatinLetters } from './catalogue';

/** Turns a sentence in English, and what varies in it, into one for the user. */
type Speaker = (message: string, ...args: Argument[]) => string;

let speaker: Speaker = vscode.l10n.t;

/** Returns the sentence in the user's language; `{0}`, `{1}` … stand for the arguments. */
export function say(message: string, ...args: Argument[]): string {
  return speaker(message, ...args);
}

/** Takes up the language that the settings name; `auto`, and one without a catalogue, mean the display language. */
export function chooseLanguage(extensionPath: string): void {
  speaker = speakerOf(vscode.workspace.getConfiguration('phi-ls').get<string>('language', 'auto'), extensionPath);
}

function speakerOf(tag: string, extensionPath: string): Speaker {
  const choice = choose(tag);
  if (choice === undefined || (choice.catalogue === vscode.env.language.toLowerCase() && !choice.latin)) {
    return vscode.l10n.t;
  }
  if (choice.catalogue === 'en') {
    return (message, ...args) => fill(message, args);
  }
  const catalogue = read(join(extensionPath, 'l10n', `bundle.l10n.${choice.catalogue}.json`));
  return (message, ...args) => {
    const sentence = catalogue[message] ?? message;
    return fill(choice.latin ? inLatinLetters(sentence) : sentence, args);
  };
}

function read(file: string): Record<string, string> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}
