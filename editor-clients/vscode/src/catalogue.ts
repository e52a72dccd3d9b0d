/** Choosing a catalogue of sentences by a language tag, and filling in what varies. */

/** The languages that have a catalogue, as VS Code names its display languages; English needs none. */
export const TRANSLATIONS = ['de', 'id', 'pt-br', 'sr', 'sw'] as const;

export type Translation = (typeof TRANSLATIONS)[number];

/** How a chosen language is to be written: by which catalogue, and whether in Latin letters (Serbian has both). */
export interface Choice {
  readonly catalogue: Translation | 'en';
  readonly latin: boolean;
}

/** Returns the catalogue for a language tag such as `pt-BR` or `sr-Latn`; undefined for `auto` and unknown ones. */
export function choose(tag: string): Choice | undefined {
  const [language = '', ...rest] = tag.toLowerCase().replaceAll('_', '-').split('-');
  if (language === 'en') {
    return { catalogue: 'en', latin: false };
  }
  const catalogue = TRANSLATIONS.find((each) => each === language || (language === 'pt' && each === 'pt-br'));
  return catalogue && { catalogue, latin: catalogue === 'sr' && rest.includes('latn') };
}

export type Argument = string | number;

/** Returns the sentence with `{0}`, `{1}` … replaced by the arguments. */
export function fill(sentence: string, args: readonly Argument[]): string {
  return sentence.replace(/\{(\d+)\}/g, (field, index: string) => String(args[Number(index)] ?? field));
}

const CYRILLIC = 'абвгдђежзијклљмнњопрстћуфхцчџш';
const LATIN = 'a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š'.split(' ');

/** Returns Serbian text in Latin letters; letter for letter, as the two alphabets of Serbian correspond. */
export function inLatinLetters(text: string): string {
  return text.replace(/\p{Script=Cyrillic}/gu, (letter) => {
    const latin = LATIN[CYRILLIC.indexOf(letter.toLowerCase())] ?? letter;
    return letter === letter.toLowerCase() ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
  });
}
