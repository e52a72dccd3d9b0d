/** What has been said of a piece of code, and what is being said of it now. */

/** An answer of the server to `phi-ls.explain`. */
export interface Answer {
  readonly text: string;
  readonly model: string;
  readonly device: string;
  readonly finishReason: string;
  readonly cached: boolean;
  readonly note: string;
}

/** A question and its answer; no question where the answer is the explanation itself. */
export interface Turn {
  readonly question: string;
  readonly answer: Answer;
}

/** What was said before, as the server takes it. */
export interface Said {
  readonly question?: string;
  readonly answer: string;
}

/** Why there is no answer, in plain words, and what can be done about it. */
export interface Failure {
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

/** Something a user can do: a command of VS Code, or asking again. */
export interface Remedy {
  readonly title: string;
  readonly command: string;
}

/** Where the newest question stands. */
export type Now =
  | { readonly kind: 'answered' }
  | { readonly kind: 'writing'; readonly question: string; readonly text: string }
  | { readonly kind: 'stopped'; readonly question: string; readonly text: string }
  | { readonly kind: 'failed'; readonly question: string; readonly failure: Failure };

/** As many entries of `previous` the server takes. */
export const MAX_PREVIOUS = 20;

/** The longest question that the server takes. */
export const MAX_QUESTION_CHARS = 2_000;

/** What the view shows of one piece of code; asking while an answer is written replaces what is written. */
export class Transcript {
  private readonly answered: Turn[] = [];
  private state: Now = { kind: 'answered' };

  get turns(): readonly Turn[] {
    return this.answered;
  }

  get now(): Now {
    return this.state;
  }

  /** What the server is told of the conversation before the question that is asked now. */
  get said(): readonly Said[] {
    return this.answered
      .slice(-MAX_PREVIOUS)
      .map(({ question, answer }) => ({ ...(question ? { question } : {}), answer: answer.text }));
  }

  /** A question is asked; an empty one is for the explanation. */
  ask(question: string): void {
    this.state = { kind: 'writing', question, text: '' };
  }

  /** The newest answer is taken back to be written anew; returns its question. */
  takeBack(): string {
    const pending = this.state.kind === 'answered' ? this.answered.pop() : undefined;
    const question = this.state.kind === 'answered' ? (pending?.question ?? '') : this.state.question;
    this.ask(question);
    return question;
  }

  /** A piece of the answer has come; returns whether anybody waits for it. */
  add(piece: string): boolean {
    if (this.state.kind !== 'writing') {
      return false;
    }
    this.state = { ...this.state, text: this.state.text + piece };
    return true;
  }

  /** The answer is complete. */
  answer(answer: Answer): void {
    const question = this.state.kind === 'answered' ? '' : this.state.question;
    this.answered.push({ question, answer });
    this.state = { kind: 'answered' };
  }

  /** Nobody wants the rest; what has come stays to be read. */
  stop(): void {
    if (this.state.kind === 'writing') {
      this.state = { ...this.state, kind: 'stopped' };
    }
  }

  /** There is no answer. */
  fail(failure: Failure): void {
    const question = this.state.kind === 'answered' ? '' : this.state.question;
    this.state = { kind: 'failed', question, failure };
  }
}
