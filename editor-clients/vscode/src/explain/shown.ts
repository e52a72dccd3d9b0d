/** What the page of the explain view is given to show. */

import { rendered } from './markdown';
import type { Answer, Transcript } from './transcript';

/** A question and its answer as HTML. */
export interface ShownTurn {
  readonly question: string;
  readonly html: string;
  /** Who has written it, on which device. */
  readonly by: string;
  /** What the user must know about answers of this model. */
  readonly note: string;
}

/** The question that has no answer yet. */
export interface ShownNow {
  readonly kind: 'answered' | 'writing' | 'stopped' | 'failed';
  readonly question: string;
  /** What has been written so far, as plain text. */
  readonly text: string;
  readonly message: string;
  /** Titles of the buttons that help. */
  readonly remedies: readonly string[];
}

/** All that the page shows. */
export interface Shown {
  readonly heading: string;
  readonly turns: readonly ShownTurn[];
  readonly now: ShownNow;
}

/** Words that are put beside the name of the model. */
export interface ByWords {
  /** The answer was known and has not been written now. */
  readonly remembered: string;
  /** The answer ended because it was as long as answers may be. */
  readonly cutShort: string;
  /** The answer was ended because it began to repeat itself. */
  readonly repeated: string;
}

/** Returns the whole state of the page. */
export function shown(heading: string, transcript: Transcript, words: ByWords): Shown {
  const turns = transcript.turns.map(({ question, answer }) => ({
    question,
    html: rendered(answer.text),
    by: by(answer, words),
    note: answer.note,
  }));
  return { heading, turns, now: now(transcript) };
}

function by(answer: Answer, words: ByWords): string {
  const endings: Record<string, string> = { length: words.cutShort, repetition: words.repeated };
  const remembered = answer.cached ? words.remembered : '';
  return [answer.model, answer.device, remembered, endings[answer.finishReason]].filter(Boolean).join(' · ');
}

function now({ now }: Transcript): ShownNow {
  const nothing = { question: '', text: '', message: '', remedies: [] };
  switch (now.kind) {
    case 'answered':
      return { kind: 'answered', ...nothing };
    case 'failed': {
      const { message, remedies } = now.failure;
      const titles = remedies.map(({ title }) => title);
      return { ...nothing, kind: 'failed', question: now.question, message, remedies: titles };
    }
    default:
      return { ...nothing, kind: now.kind, question: now.question, text: now.text };
  }
}
