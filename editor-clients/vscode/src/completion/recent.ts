/** The editor asks twice for the same place; the server is asked once. */

/** How a caller says that it does not wait any longer; VS Code's cancellation tokens are such. */
export interface Token {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}

/** What cancels the one request when nobody waits for it any longer. */
export interface Source {
  readonly token: Token;
  cancel(): void;
}

interface Asked<T> {
  readonly key: string;
  readonly answer: Promise<T>;
  readonly source: Source;
  waiting: number;
  done: boolean;
}

/** Remembers the newest request, and its answer if there was one. */
export class Recent<T> {
  private newest: Asked<T | null | undefined> | undefined;

  constructor(private readonly makeSource: () => Source) {}

  /** Returns the answer for `key`: of the request under way, the one remembered, or of a new request. */
  get(key: string, token: Token, ask: (token: Token) => Promise<T | null | undefined>): Promise<T | null | undefined> {
    const known = this.newest;
    const asked = known?.key === key ? known : this.begin(key, ask);
    asked.waiting += 1;
    token.onCancellationRequested(() => this.leave(asked));
    return asked.answer;
  }

  private begin(key: string, ask: (token: Token) => Promise<T | null | undefined>): Asked<T | null | undefined> {
    const source = this.makeSource();
    const asked = { key, answer: ask(source.token), source, waiting: 0, done: false };
    this.newest = asked;
    const forget = (): void => {
      this.newest = this.newest === asked ? undefined : this.newest;
    };
    asked.answer.then((value) => {
      asked.done = true;
      // Nothing is no answer for good: the model may have been loading.
      if (value === null || value === undefined) {
        forget();
      }
    }, forget);
    return asked;
  }

  private leave(asked: Asked<T | null | undefined>): void {
    asked.waiting -= 1;
    if (asked.waiting > 0 || asked.done) {
      return;
    }
    asked.source.cancel();
    this.newest = this.newest === asked ? undefined : this.newest;
  }
}
