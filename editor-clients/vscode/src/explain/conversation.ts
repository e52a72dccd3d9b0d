/** One piece of code that is explained: asks the server, one question at a time, and keeps what has been said. */

import { CancellationTokenSource } from 'vscode-languageserver-protocol';
import type { Session } from '../server/session';
import type { ExplainArgument } from './argument';
import { type Answer, type Failure, Transcript } from './transcript';

/** What is told while the model writes. */
export interface Listener {
  /** The transcript is another one than before. */
  changed(): void;
  /** A piece has come to the end of what is being written. */
  wrote(piece: string): void;
}

/** Returns why a question failed; undefined where it was cancelled, which needs no reason. */
export type Explainer = (error: unknown, question: string) => Failure | undefined;

/** The commands of the server that explain. */
export type ExplainCommand = 'phi-ls.explain' | 'phi-ls.regenerate';

/** Asks, streams, stops. A newer question takes the place of the one that is being answered. */
export class Conversation {
  readonly transcript = new Transcript();
  private running: CancellationTokenSource | undefined;

  constructor(
    private readonly argument: ExplainArgument,
    private readonly session: Pick<Session, 'execute'>,
    private readonly listener: Listener,
    private readonly explainer: Explainer,
  ) {}

  /** Asks for the explanation. */
  async begin(command: ExplainCommand = 'phi-ls.explain'): Promise<void> {
    this.transcript.ask('');
    await this.run(command, '');
  }

  /** Asks a question about the same code, in the user's own words. */
  async ask(question: string): Promise<void> {
    this.transcript.ask(question);
    await this.run('phi-ls.explain', question);
  }

  /** Has the newest answer written anew, or asks once more what was not answered. */
  async again(): Promise<void> {
    const question = this.transcript.takeBack();
    await this.run('phi-ls.regenerate', question);
  }

  /** Ends what is being written; what has come stays. */
  stop(): void {
    this.cancel();
    this.transcript.stop();
    this.listener.changed();
  }

  private cancel(): void {
    this.running?.cancel();
    this.running = undefined;
  }

  private async run(command: ExplainCommand, question: string): Promise<void> {
    this.cancel();
    const running = new CancellationTokenSource();
    this.running = running;
    this.listener.changed();
    const settle = await this.asked(command, question, running).then(
      (answer) => () => this.transcript.answer(answer),
      (error: unknown) => () => this.fail(this.explainer(error, question)),
    );
    running.dispose();
    // Whoever was stopped, or was overtaken by another question, has nothing more to say.
    if (this.running === running) {
      this.running = undefined;
      settle();
      this.listener.changed();
    }
  }

  private fail(failure: Failure | undefined): void {
    if (failure === undefined) {
      this.transcript.stop();
    } else {
      this.transcript.fail(failure);
    }
  }

  private asked(command: ExplainCommand, question: string, running: CancellationTokenSource): Promise<Answer> {
    const { textDocument, range, position, diagnostic } = this.argument;
    const asked = question ? { question, previous: this.transcript.said } : {};
    return this.session.execute<Answer>(
      command,
      { textDocument, range, position, diagnostic, ...asked },
      { token: running.token, onDelta: (piece) => this.add(piece, running) },
    );
  }

  private add(piece: string, running: CancellationTokenSource): void {
    if (this.running === running && this.transcript.add(piece)) {
      this.listener.wrote(piece);
    }
  }
}
