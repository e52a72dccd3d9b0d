/** Why nothing was suggested, in plain words, by the names that the server has for the reasons. */

import { say } from '../say';

/** One request for a suggestion that came to nothing. */
export interface Decision {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly uri: string;
  readonly line: number;
  readonly character: number;
  readonly reason: string;
  /** More about it in the user's language, or empty. */
  readonly detail: string;
}

/** Returns the reason as a sentence; for a reason that is not known here, its name. */
export function sentence(reason: string): string {
  return sentences()[reason] ?? reason;
}

function sentences(): Record<string, string> {
  return {
    disabled: say('Suggestions are off in the settings, here or for this language'),
    excluded: say('This file is excluded by the settings, as files with secrets are'),
    tooLarge: say('This file is too large'),
    binary: say('This file is no text'),
    midWord: say('The cursor is inside a word'),
    textToTheRight: say('There is text to the right of the cursor'),
    insideString: say('The cursor is inside a string'),
    justDeleted: say('Text has just been deleted here'),
    rejectedRecently: say('You have typed over suggestions at this place twice'),
    empty: say('The model had nothing to say'),
    repeatsSuffix: say('The model repeated what stands after the cursor'),
    repeatsLines: say('The model repeated itself'),
    unbalanced: say('What the model wrote has brackets that do not match'),
    dedent: say('What the model wrote leaves the block that you are in'),
    proseOrFence: say('The model wrote prose instead of code'),
    lowConfidence: say('The model was not sure enough'),
    unsafeCharacters: say('What the model wrote has characters that cannot be seen or mislead'),
    superseded: say('You went on typing before the answer was there'),
    stale: say('The file had changed before the answer was there'),
    timeout: say('The model took too long'),
    noProvider: say('No model can run'),
  };
}
