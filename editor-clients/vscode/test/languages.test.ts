/** Every sentence of the extension is there in every language. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import ts from 'typescript';
import { TRANSLATIONS } from '../src/catalogue';

type Catalogue = Record<string, string>;

/** Sentences that are the same words in both languages, or names. */
const SAME: Record<string, readonly string[]> = {
  de: ['Server', 'settings.server'],
  id: ['Model', 'Model: {0}', 'Server', 'settings.model', 'settings.server'],
};

const NAMES = ['setting.engine.onnxruntime', 'setting.engine.npu_library', 'phi-ls'];

const read = (file: string): Catalogue => JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
const places = (sentence: string): string[] => (sentence.match(/\{\d\}/g) ?? []).sort();

/** Returns the first arguments of all calls of `say` in a file. */
function said(file: string): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'say' && first) {
      found.push(first);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const expressions = sources.flatMap((name) => said(join('src', name)));
const sentences = new Set(expressions.filter(ts.isStringLiteralLike).map(({ text }) => text));

/** A sentence that is put together could not be found in a catalogue. */
test('every sentence is written out where it is said', () => {
  assert.ok(sentences.size > 50);
  const others = expressions.filter((each) => !ts.isStringLiteralLike(each));
  assert.deepEqual(
    [],
    others.map((each) => each.getText()),
  );
});

for (const language of TRANSLATIONS) {
  const catalogue = read(`l10n/bundle.l10n.${language}.json`);
  const manifest = read(`package.nls.${language}.json`);
  const same = [...NAMES, ...(SAME[language] ?? [])];

  /** Neither is a sentence missing nor is one left over that nobody says. */
  test(`what is said is there in ${language}`, () => {
    assert.deepEqual([...sentences].sort(), Object.keys(catalogue).sort());
  });

  /** What varies in a sentence varies in the translation. */
  test(`no argument is lost in ${language}`, () => {
    for (const [sentence, translation] of Object.entries(catalogue)) {
      assert.deepEqual(places(sentence), places(translation), sentence);
    }
  });

  /** A sentence that is the same as in English has been forgotten. */
  test(`nothing is left in English in ${language}`, () => {
    const english = read('package.nls.json');
    const left = Object.entries(catalogue).filter(([sentence, translation]) => sentence === translation);
    const untranslated = Object.entries(manifest).filter(([key, text]) => text === english[key]);
    const keys = [...left, ...untranslated].map(([key]) => key);
    assert.deepEqual(
      [],
      keys.filter((key) => !same.includes(key)),
    );
  });

  /** The manifest has the same keys in each language. */
  test(`the manifest is there in ${language}`, () => {
    assert.deepEqual(Object.keys(read('package.nls.json')).sort(), Object.keys(manifest).sort());
  });
}
