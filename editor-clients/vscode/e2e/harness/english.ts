// Finding what was left in English on the screen.
import type { Sentence } from './catalogues.ts';

/** Too little of a sentence is fixed for it to be told from names and numbers: letters that a sentence must have. */
const FIXED_LETTERS = 4;

/** Returns the English sentences that stand in a text on their own, though they are translated. */
export function leftInEnglish(texts: readonly string[], sentences: readonly Sentence[]): string[] {
  const lines = linesOf(texts);
  return telling(sentences)
    .filter(({ english }) => lines.some((line) => pattern(english).test(line)))
    .map(({ english }) => english);
}

/** Returns the translations that stand in a text on their own. */
export function translatedIn(texts: readonly string[], sentences: readonly Sentence[]): string[] {
  const lines = linesOf(texts);
  return telling(sentences)
    .filter(({ translated }) => lines.some((line) => pattern(translated).test(line)))
    .map(({ translated }) => translated);
}

function linesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split('\n')).map((line) => line.replaceAll('\u00a0', ' ').trim());
}

function telling(sentences: readonly Sentence[]): Sentence[] {
  const letters = (text: string): number => text.replaceAll(/phi-ls|\{[^}]*\}|[^\p{L}]/gu, '').length;
  return sentences.filter(({ english, translated }) => english !== translated && letters(english) >= FIXED_LETTERS);
}

function pattern(sentence: string): RegExp {
  const fixed = sentence.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?:^|[^\\p{L}])${fixed.join('.+')}(?:$|[^\\p{L}])`, 'u');
}
