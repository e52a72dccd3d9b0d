/** Edits of the server that wait for the user's word. Nothing is changed before. */

import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from 'vscode-languageserver-protocol';
import { say } from '../say';
import { addressOf, closeDiff, openDiff, proposedIn } from './diff';
import { askAbout } from './notice';
import { proposedBy, type Replacement, replaced, within } from './proposal';

/** After so long the server hears that nothing has been applied; the user can decide at any time after that. */
const ANSWER_WITHIN_MS = 120_000;

/** Whether there is an edit to accept, for the commands in the palette. */
const CONTEXT = 'phi.proposedEdit';

/** One edit that waits. */
interface Proposal {
  readonly address: vscode.Uri;
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly replacements: readonly Replacement[];
  readonly text: string;
  readonly answer: (result: ApplyWorkspaceEditResult) => void;
}

/** Shows each edit in a diff editor, and makes it when it is accepted and the document is still the same. */
export class Proposals implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly waiting = new Map<string, Proposal>();
  private readonly shown = new vscode.EventEmitter<string>();
  private made = 0;

  /** Shows what the server proposes; returns whether it has been made, as far as that is known in time. */
  async propose(params: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> {
    const edit = proposedBy(params);
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === edit?.uri);
    if (edit === undefined || document === undefined) {
      return refused('only the text of one open document is edited');
    }
    if (edit.version !== null && edit.version !== document.version) {
      void sayChanged();
      return refused('the document has changed');
    }
    const replacements = edit.edits.map(({ range: { start, end }, newText }) => ({
      start: document.offsetAt(new vscode.Position(start.line, start.character)),
      end: document.offsetAt(new vscode.Position(end.line, end.character)),
      text: newText,
    }));
    return within(ANSWER_WITHIN_MS, this.show(document, replacements, edit.label), refused('the user has not decided'));
  }

  /** Returns a promise that is fulfilled when an edit of this document is shown, and what gives it up. */
  nextFor(uri: string): { readonly promise: Promise<void>; readonly giveUp: () => void } {
    let listener: vscode.Disposable | undefined;
    const promise = new Promise<void>((resolve) => {
      listener = this.shown.event((document) => document === uri && resolve());
    });
    const giveUp = (): void => {
      listener?.dispose();
    };
    return { promise, giveUp };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.waiting.get(uri.toString())?.text ?? '';
  }

  /** Makes the edit that is shown at this address. */
  async accept(address: string | undefined): Promise<void> {
    const proposal = this.take(address);
    if (proposal === undefined) {
      return;
    }
    const applied = isCurrent(proposal) && (await insert(proposal));
    proposal.answer(applied ? { applied } : refused('the document has changed'));
    if (!applied) {
      await sayChanged();
    }
    await closeDiff(proposal.address);
    if (applied) {
      await vscode.window.showTextDocument(proposal.document, { preview: false });
    }
  }

  /** Drops the edit that is shown at this address. */
  async discard(address: string | undefined): Promise<void> {
    const proposal = this.take(address);
    proposal?.answer(refused('the user has discarded it'));
    await (proposal && closeDiff(proposal.address));
  }

  /** A document has changed: what was proposed for the text before is worth nothing now. */
  async changed(document: vscode.TextDocument): Promise<void> {
    const outdated = [...this.waiting.values()].filter((each) => each.document === document && !isCurrent(each));
    if (outdated.length > 0) {
      outdated.forEach((each) => this.take(each.address.toString())?.answer(refused('the document has changed')));
      await Promise.all(outdated.map(({ address }) => closeDiff(address)));
      await sayChanged();
    }
  }

  /** Tabs were closed: whoever closes the diff does not want the edit. */
  closed(tabs: readonly vscode.Tab[]): void {
    tabs.map(proposedIn).forEach((address) => void this.discard(address));
  }

  dispose(): void {
    this.waiting.forEach(({ answer }) => answer(refused('the editor is closed')));
    this.waiting.clear();
    this.shown.dispose();
  }

  private async show(
    document: vscode.TextDocument,
    replacements: readonly Replacement[],
    label: string,
  ): Promise<ApplyWorkspaceEditResult> {
    this.made += 1;
    const address = addressOf(this.made, document);
    const text = replaced(document.getText(), replacements);
    const answer = new Promise<ApplyWorkspaceEditResult>((resolve) => {
      const { version } = document;
      this.waiting.set(address.toString(), { address, document, version, replacements, text, answer: resolve });
    });
    this.tellContext();
    const name = posix.basename(document.uri.path);
    await openDiff(document, address, `${name}: ${label || say('A proposed edit')}`);
    this.shown.fire(document.uri.toString());
    askAbout(address.toString(), say('Insert it into {0}?', name), answer);
    return answer;
  }

  private take(address: string | undefined): Proposal | undefined {
    const proposal = address === undefined ? undefined : this.waiting.get(address);
    if (address !== undefined) {
      this.waiting.delete(address);
      this.tellContext();
    }
    return proposal;
  }

  private tellContext(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT, this.waiting.size > 0);
  }
}

function isCurrent({ document, version }: Proposal): boolean {
  return !document.isClosed && document.version === version;
}

async function insert({ document, replacements }: Proposal): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of replacements) {
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  return vscode.workspace.applyEdit(edit);
}

/** An answer for the server's log, which is in English. */
function refused(failureReason: string): ApplyWorkspaceEditResult {
  return { applied: false, failureReason };
}

async function sayChanged(): Promise<void> {
  await vscode.window.showWarningMessage(
    say('Nothing was inserted: the document has changed since the edit was proposed. Ask for it again.'),
  );
}
