/** Work-done progress of the server: what can be cancelled is a notification with that button, the rest stays small. */

import * as vscode from 'vscode';
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageclient';

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** What the notification is told; it is closed by the promise that its task returned. */
interface Shown {
  readonly report: (value: { message?: string; increment?: number }) => void;
  readonly close: () => void;
  percentage: number;
}

/** The notifications that are on the screen. */
export class ProgressNotifications {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** `cancel` asks the server to end the work. */
  constructor(private readonly cancel: (token: ProgressToken) => void) {}

  /** Takes the place of the library's own display, which has no button to cancel; `next` is that one. */
  handle(token: ProgressToken, value: Value, next: () => void): void {
    if (value.kind === 'begin' && value.cancellable === true) {
      this.begin(token, value);
      return;
    }
    const shown = this.shown.get(token);
    if (shown === undefined || value.kind === 'end') {
      // Its own bookkeeping is to end in any case.
      next();
    }
    if (shown !== undefined && value.kind === 'end') {
      this.close(token);
    } else if (shown !== undefined) {
      advance(shown, value as WorkDoneProgressReport);
    }
  }

  /** Closes all of them: the server that worked is gone. */
  clear(): void {
    [...this.shown.keys()].forEach((token) => this.close(token));
  }

  private begin(token: ProgressToken, value: WorkDoneProgressBegin): void {
    const options = { location: vscode.ProgressLocation.Notification, title: value.title, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancellation) => {
      return new Promise<void>((close) => {
        const shown = { report: progress.report.bind(progress), close, percentage: 0 };
        this.shown.set(token, shown);
        cancellation.onCancellationRequested(() => this.cancel(token));
        advance(shown, { ...value, kind: 'report' });
      });
    });
  }

  private close(token: ProgressToken): void {
    this.shown.get(token)?.close();
    this.shown.delete(token);
  }
}

function advance(shown: Shown, { message, percentage }: WorkDoneProgressReport): void {
  const increment = percentage === undefined ? 0 : Math.max(0, percentage - shown.percentage);
  shown.percentage += increment;
  shown.report({ ...(message !== undefined && { message }), ...(percentage !== undefined && { increment }) });
}
