// A display language without a package of translations: VS Code itself stays English, extensions are told the language.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes VS Code believe that a translation of itself is installed. */
export function pretendLanguage(userData: string, language: string): void {
  const translations = join(userData, 'translations.json');
  const extensions = [{ extensionIdentifier: { id: 'tests.translation' }, version: '1.0.0' }];
  const pack = { hash: language, label: language, extensions, translations: { vscode: translations } };
  mkdirSync(userData, { recursive: true });
  writeFileSync(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}
