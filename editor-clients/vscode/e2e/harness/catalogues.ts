// Every sentence that the extension and the server have, in English and in another language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, extension } from './places.ts';

/** A sentence; what varies in it stands in braces. */
export interface Sentence {
  readonly english: string;
  readonly translated: string;
}

/** Returns the sentences of the extension's code. */
export function ofCode(language: string): Sentence[] {
  const bundle = readJson(`l10n/bundle.l10n.${language}.json`);
  return Object.entries(bundle).map(([english, translated]) => ({ english, translated }));
}

/** Returns the sentences of the extension's manifest: titles of commands, descriptions of settings. */
export function ofManifest(language: string): Sentence[] {
  const [english, translated] = [readJson('package.nls.json'), readJson(`package.nls.${language}.json`)];
  return Object.entries(english).map(([key, sentence]) => ({ english: sentence, translated: translated[key] ?? '' }));
}

/** Returns the sentences of the server. */
export function ofServer(language: string): Sentence[] {
  const file = `server/phi_ls/messages/locales/${language}/LC_MESSAGES/phi-ls.po`;
  const entries = readFileSync(join(checkout, file), 'utf8').split('\n\n').slice(1);
  return entries.map((entry) => ({ english: textOf(entry, 'msgid'), translated: textOf(entry, 'msgstr') }));
}

function textOf(entry: string, keyword: string): string {
  const [, quoted = ''] = new RegExp(`^${keyword}(?:\\[0\\])? ("(?:.|\\n")*")$`, 'm').exec(entry) ?? [];
  return quoted.split('\n').map((line) => (line ? (JSON.parse(line) as string) : '')).join('');
}

function readJson(file: string): Record<string, string> {
  return JSON.parse(readFileSync(join(extension, file), 'utf8')) as Record<string, string>;
}
