/** The model as one of those that VS Code's chat, and other extensions, can choose. */

import * as vscode from 'vscode';
import { failureOf } from '../explain/words';
import { say } from '../say';
import type { Session } from '../server/session';
import type { Status } from '../server/status';
import { asMessages, estimatedTokens } from './messages';

/** The share of its context that the server leaves for an answer, and the most that it writes. */
const ANSWER_SHARE = 0.25;
const MAX_ANSWER_TOKENS = 512;

/**
 * What is announced at least: the instructions of VS Code's own chat have about 1,700 tokens, and it refuses models
 * that have no room for them. The server tells the model as much as its context holds, the newest first.
 */
const LEAST_INPUT_TOKENS = 4_096;

/** Offers the model that answers questions, if it can be asked any. */
export class ChatProvider implements vscode.LanguageModelChatProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.changes.event;
  private readonly listener: vscode.Disposable;
  private offered = '';

  constructor(private readonly session: Session) {
    this.listener = session.onDidChangeStatus((status) => this.look(status));
    this.look(session.status);
  }

  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    return offers(this.session.status);
  }

  async provideLanguageModelChatResponse(
    _model: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const onDelta = (text: string): void => progress.report(new vscode.LanguageModelTextPart(text));
    try {
      await this.session.execute('phi-ls.chat', { messages: asMessages(messages) }, { onDelta, token });
    } catch (error) {
      const failure = failureOf(error, 'chat', this.session);
      throw failure === undefined ? error : new Error(failure.message, { cause: error });
    }
  }

  provideTokenCount(
    _model: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    return Promise.resolve(estimatedTokens(text));
  }

  dispose(): void {
    this.listener.dispose();
    this.changes.dispose();
  }

  private look(status: Status | undefined): void {
    const offered = JSON.stringify(offers(status));
    if (offered !== this.offered) {
      this.offered = offered;
      this.changes.fire();
    }
  }
}

function offers(status: Status | undefined): vscode.LanguageModelChatInformation[] {
  if (!status?.takesQuestions || !status.context) {
    return [];
  }
  const answer = Math.min(MAX_ANSWER_TOKENS, Math.floor(status.context * ANSWER_SHARE));
  const elsewhere = status.engine === 'openai_server';
  return [
    {
      id: status.model,
      name: elsewhere ? status.model : say('{0} (local)', status.model),
      family: status.model,
      version: '1',
      detail: status.device,
      tooltip: elsewhere ? status.message : say('Runs on this computer: nothing of the conversation leaves it.'),
      maxInputTokens: Math.max(status.context - answer, LEAST_INPUT_TOKENS),
      maxOutputTokens: answer,
      capabilities: { imageInput: false, toolCalling: false },
    },
  ];
}
