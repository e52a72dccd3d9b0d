/** An edit that the server asks for: what it changes, and the text that comes of it. */

import { type ApplyWorkspaceEditParams, TextDocumentEdit, type TextEdit } from 'vscode-languageserver-protocol';

/** Edits of the text of one document. */
export interface ProposedEdit {
  readonly uri: string;
  /** Of the document that the edit is for; null where the server does not say. */
  readonly version: number | null;
  readonly edits: readonly TextEdit[];
  /** What the edit is, in the user's language. */
  readonly label: string;
}

/** Some text to put in place of what stands between two offsets. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Returns what is proposed; undefined for anything but edits of the text of one document. */
export function proposedBy({ edit, label = '' }: ApplyWorkspaceEditParams): ProposedEdit | undefined {
  const { changes = {}, documentChanges } = edit;
  if (documentChanges === undefined) {
    const [only, ...others] = Object.entries(changes);
    return only && others.length === 0 ? { uri: only[0], version: null, edits: only[1], label } : undefined;
  }
  const [only, ...others] = documentChanges;
  if (!TextDocumentEdit.is(only) || others.length > 0) {
    return undefined;
  }
  const edits = only.edits.filter((each): each is TextEdit => 'newText' in each);
  const { uri, version } = only.textDocument;
  return edits.length === only.edits.length ? { uri, version, edits, label } : undefined;
}

/** Returns the text with the replacements made, whose offsets all count in the text as it was. */
export function replaced(text: string, replacements: readonly Replacement[]): string {
  const fromTheEnd = [...replacements].sort((one, other) => other.start - one.start);
  return fromTheEnd.reduce((made, { start, end, text: put }) => made.slice(0, start) + put + made.slice(end), text);
}

/** Returns the value, or `late` if it is not there in time. */
export async function within<T>(limitMs: number, value: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), limitMs);
  });
  return Promise.race([value, limit]).finally(() => clearTimeout(timer));
}
