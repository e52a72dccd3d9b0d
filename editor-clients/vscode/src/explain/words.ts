/** The sentences of the explain view, in the user's language. */

import * as vscode from 'vscode';
import { say } from '../say';
import { isCancelled, restart, showLog } from '../server/failure';
import type { Session } from '../server/session';
import { type ExplainArgument, subjectOf } from './argument';
import { causeOf } from './failure';
import type { PageWords } from './page';
import type { ByWords } from './shown';
import type { Failure, Remedy } from './transcript';

/** The remedy that asks the same once more; it is no command of VS Code. */
export const AGAIN = 'again';

/** Returns what an explanation is about: the file and its lines, or the diagnostic. */
export function headingOf(argument: ExplainArgument): string {
  const { file, first, last, message } = subjectOf(argument);
  if (message) {
    return say('{0}, line {1}: {2}', file, first, message);
  }
  return first === last ? say('{0}, line {1}', file, first) : say('{0}, lines {1} to {2}', file, first, last);
}

/** Returns the words of the page itself. */
export function pageWords(): PageWords {
  const chosen = vscode.workspace.getConfiguration('phi-ls').get<string>('language', 'auto');
  return {
    language: chosen === 'auto' ? vscode.env.language : chosen,
    title: say('Explanation'),
    stop: say('Stop'),
    again: say('Regenerate'),
    copy: say('Copy'),
    copied: say('The answer is in the clipboard.'),
    ask: say('Ask'),
    askLabel: say('Ask about this code'),
    askHint: say('For example: what happens with an empty list?'),
    writing: say('The model is writing…'),
    stopped: say('Stopped. “Regenerate” begins again.'),
    done: say('The answer is complete.'),
  };
}

/** Returns what is said beside the name of the model. */
export function byWords(): ByWords {
  return {
    remembered: say('remembered from before'),
    cutShort: say('cut off at the greatest length'),
    repeated: say('ended because it repeated itself'),
  };
}

/** Returns why a question failed, and what the user can do about it; undefined where it was cancelled. */
export function failureOf(error: unknown, question: string, session: Session): Failure | undefined {
  if (isCancelled(error)) {
    return undefined;
  }
  const cause = causeOf(error, session.running);
  if (cause.kind === 'away') {
    const message = say(
      'The phi-ls server is not running, so there is no answer. Restart it; the log says why it ended.',
    );
    return { message, remedies: [restart(), showLog()] };
  }
  if (cause.kind === 'refused') {
    const choice: Remedy = { title: say('Choose another model'), command: 'phi.selectModel' };
    return { message: cause.message, remedies: question ? [choice] : [again(), choice] };
  }
  return { message: say('There is no answer: {0}', cause.message), remedies: [again(), showLog()] };
}

function again(): Remedy {
  return { title: say('Try again'), command: AGAIN };
}
