/** The panel beside the editor: one at a time, made when it is needed. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type PageWords, page } from './page';
import type { Shown } from './shown';
import { MAX_QUESTION_CHARS } from './transcript';

/** What the page is told. */
export type ToPage =
  { readonly kind: 'state'; readonly state: Shown } | { readonly kind: 'piece'; readonly text: string };

/** What a person does in the page; `ready`: it has been loaded, perhaps once more, and shows nothing yet. */
export type FromPage =
  | { readonly kind: 'ready' | 'stop' | 'again' | 'copy' }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'remedy'; readonly index: number };

/** Who hears what a person does in the page. */
export interface PanelOwner {
  received(message: FromPage): void;
  closed(): void;
}

/** A web view that shows what it is told. What it shows is kept by its owner: a hidden one forgets all. */
export class Panel {
  private readonly panel: vscode.WebviewPanel;

  constructor(extensionUri: vscode.Uri, words: PageWords, owner: PanelOwner) {
    const media = vscode.Uri.joinPath(extensionUri, 'media');
    this.panel = vscode.window.createWebviewPanel(
      'phi.explain',
      words.title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [media] },
    );
    const { webview } = this.panel;
    webview.onDidReceiveMessage((message: FromPage) => owner.received(message));
    this.panel.onDidDispose(() => owner.closed());
    const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
    const source = {
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      script: address('explain.js'),
      style: address('explain.css'),
    };
    webview.html = page(source, words, MAX_QUESTION_CHARS);
  }

  /** Brings the panel to the front, where it is; the cursor stays in the editor. */
  show(title: string): void {
    this.panel.title = title;
    if (!this.panel.visible) {
      this.panel.reveal(undefined, true);
    }
  }

  /** Tells the page; one that is hidden asks again when it is seen. */
  tell(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }

  dispose(): void {
    this.panel.dispose();
  }
}
