/** All figures that the server keeps, as a list. */

import * as vscode from 'vscode';
import { say } from '../say';
import type { Session } from '../server/session';
import type { Status } from '../server/status';
import { details, metrics } from '../status/details';

/** Lists the figures since the server was started; one that is chosen is copied. */
export async function showMetrics(session: Session): Promise<void> {
  const status = await session.execute<Status>('phi-ls.status', {});
  const chosen = await vscode.window.showQuickPick([...details(status), ...metrics(status)], {
    title: say('Metrics since the server was started'),
    placeHolder: say('Choose a line to copy all of them'),
  });
  if (chosen !== undefined) {
    await vscode.env.clipboard.writeText([...details(status), ...metrics(status)].join('\n'));
  }
}
