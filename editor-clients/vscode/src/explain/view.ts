/** The explain view: what is asked in it, and what it shows. A new explanation takes the place of the old one. */

import * as vscode from 'vscode';
import { say } from '../say';
import type { Session } from '../server/session';
import { type ExplainArgument, subjectOf } from './argument';
import { Conversation, type ExplainCommand } from './conversation';
import { type FromPage, Panel } from './panel';
import { shown } from './shown';
import { MAX_QUESTION_CHARS } from './transcript';
import { AGAIN, byWords, failureOf, headingOf, pageWords } from './words';

/** Owns the panel and the conversation in it. */
export class ExplainView implements vscode.Disposable {
  private panel: Panel | undefined;
  private conversation: Conversation | undefined;
  private heading = '';

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
  ) {}

  /** Explains, in the view beside the editor. */
  async explain(argument: ExplainArgument, command: ExplainCommand = 'phi-ls.explain'): Promise<void> {
    this.conversation?.stop();
    this.heading = headingOf(argument);
    this.panel ??= new Panel(this.extensionUri, pageWords(), {
      received: (message) => void this.received(message),
      closed: () => this.closed(),
    });
    this.panel.show(say('Explanation: {0}', subjectOf(argument).file));
    const listener = {
      changed: () => this.tellState(),
      wrote: (text: string) => this.panel?.tell({ kind: 'piece', text }),
    };
    this.conversation = new Conversation(argument, this.session, listener, (error, question) =>
      failureOf(error, question, this.session),
    );
    await this.conversation.begin(command);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private closed(): void {
    this.panel = undefined; // first: it can be told nothing more
    this.conversation?.stop();
    this.conversation = undefined;
  }

  private async received(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.tellState();
        return;
      case 'stop':
        this.conversation?.stop();
        return;
      case 'again':
        return this.conversation?.again();
      case 'copy':
        return this.copy();
      case 'ask':
        return this.ask(message.question);
      case 'remedy':
        return this.remedy(message.index);
    }
  }

  private tellState(): void {
    if (this.conversation !== undefined) {
      this.panel?.tell({ kind: 'state', state: shown(this.heading, this.conversation.transcript, byWords()) });
    }
  }

  private async copy(): Promise<void> {
    const { turns = [], now } = this.conversation?.transcript ?? {};
    const unfinished = now?.kind === 'stopped' ? now.text : '';
    await vscode.env.clipboard.writeText(unfinished || (turns.at(-1)?.answer.text ?? ''));
  }

  private async ask(question: string): Promise<void> {
    const asked = question.trim().slice(0, MAX_QUESTION_CHARS);
    if (asked) {
      await this.conversation?.ask(asked);
    }
  }

  private async remedy(index: number): Promise<void> {
    const now = this.conversation?.transcript.now;
    const remedy = now?.kind === 'failed' ? now.failure.remedies[index] : undefined;
    if (remedy?.command === AGAIN) {
      await this.conversation?.again();
    } else if (remedy !== undefined) {
      await vscode.commands.executeCommand(remedy.command);
    }
  }
}
