/** Which catalogue a language tag leads to, and how sentences are filled in. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { choose, fill, inLatinLetters } from '../src/catalogue';

/** A tag of a language that has a catalogue leads to it, whatever region it names. */
test('each known language has its catalogue', () => {
  assert.deepEqual({ catalogue: 'de', latin: false }, choose('de-AT'));
  assert.deepEqual({ catalogue: 'pt-br', latin: false }, choose('pt_PT'));
  assert.deepEqual({ catalogue: 'sr', latin: false }, choose('sr-Cyrl-RS'));
  assert.deepEqual({ catalogue: 'en', latin: false }, choose('en-GB'));
});

/** Serbian comes in Latin letters if the tag says so. */
test('sr-Latn is Serbian in Latin letters', () => {
  assert.deepEqual({ catalogue: 'sr', latin: true }, choose('sr-Latn'));
});

/** `auto`, and a language without a catalogue, leave the display language in force. */
test('other tags choose nothing', () => {
  assert.equal(undefined, choose('auto'));
  assert.equal(undefined, choose('fr'));
  assert.equal(undefined, choose(''));
});

/** Arguments take the places that are numbered; what has no argument stays as it is. */
test('arguments are filled in by number', () => {
  assert.equal('b before a, {2}', fill('{1} before {0}, {2}', ['a', 'b']));
});

/** An argument that looks like a place is not filled in a second time. */
test('arguments are taken as they are', () => {
  assert.equal('{1} x', fill('{0} {1}', ['{1}', 'x']));
});

/** Letters of two signs, capitals and what is not Cyrillic come out right. */
test('Serbian Cyrillic is written in Latin letters', () => {
  assert.equal('Ljubav džungla Đak njega: phi-ls {0}', inLatinLetters('Љубав џунгла Ђак њега: phi-ls {0}'));
});
