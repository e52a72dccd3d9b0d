/** Why was nothing suggested? The last decisions of the server, readable. */

import * as vscode from 'vscode';
import { say } from '../say';
import type { Session } from '../server/session';
import { type Decision, sentence } from './reasons';

interface Entry extends vscode.QuickPickItem {
  readonly decision: Decision;
}

/** Lists the reasons for the document that is looked at, newest first; one that is chosen is shown in the text. */
export async function whyNoSuggestion(session: Session): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const argument = document ? { textDocument: { uri: document.uri.toString() } } : {};
  const answer = await session.execute<{ decisions: Decision[] }>('phi-ls.whyNoSuggestion', argument);
  const chosen = await vscode.window.showQuickPick(answer.decisions.map(entry), {
    title: say('Why was nothing suggested?'),
    placeHolder:
      answer.decisions.length > 0
        ? say('The newest first; choose one to see the place')
        : say('Nothing was held back: no suggestion has been asked for here, or each was shown.'),
    matchOnDetail: true,
  });
  if (chosen !== undefined) {
    await show(chosen.decision);
  }
}

function entry(decision: Decision): Entry {
  const time = new Date(decision.time).toLocaleTimeString(vscode.env.language);
  return {
    label: sentence(decision.reason),
    description: say('{0}, line {1}', time, decision.line + 1),
    detail: decision.detail,
    decision,
  };
}

async function show({ uri, line, character }: Decision): Promise<void> {
  const place = new vscode.Range(line, character, line, character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), { selection: place });
}
