// What a person does in a window of VS Code, and sees there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { ghostText } from './ghost.ts';
import { type Command, keysOf } from './keys.ts';
import { until } from './until.ts';

/** The page of a window. */
export class Window {
  readonly page: Page;
  readonly workspace: string;

  constructor(page: Page, workspace: string) {
    this.page = page;
    this.workspace = workspace;
  }

  /** Runs a command by its key. */
  async run(command: Command): Promise<void> {
    await this.page.keyboard.press(keysOf(command));
  }

  /** Opens a file of the workspace alone, with the cursor behind its last character. */
  async open(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await this.page.locator('.quick-input-widget input').fill(name);
    await row.click();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator('.monaco-editor.focused').waitFor();
    await this.page.keyboard.press('Control+End');
  }

  /** Puts the cursor at a line and a column, counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.run('workbench.action.gotoLine');
    await this.page.locator('.quick-input-widget input').fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Selects whole lines, counted from 1. */
  async select(first: number, last: number): Promise<void> {
    await this.goTo(first, 1);
    for (let line = first; line < last; line += 1) {
      await this.page.keyboard.press('Shift+ArrowDown');
    }
    await this.page.keyboard.press('Shift+End');
  }

  /** Types as a person does, key by key. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 40 });
  }

  /** Returns the ghost text on the screen, its lines one below the other; empty if there is none. */
  async ghost(): Promise<string> {
    return this.page.evaluate(ghostText);
  }

  /** Waits until there is ghost text, and returns it. */
  async awaitGhost(holds: (text: string) => boolean = (text) => text !== '', limitMs = 60_000): Promise<string> {
    let seen = '';
    const look = async (): Promise<boolean> => holds((seen = await this.ghost()));
    await until(look, 'ghost text', limitMs).catch((error: unknown) => {
      throw new Error(`${String(error)}; on the screen is ${JSON.stringify(seen)}`);
    });
    return seen;
  }

  /** Saves the file that is open, and returns what it holds then. */
  async saved(name: string): Promise<string> {
    await this.run('workbench.action.files.save');
    await this.page.locator(`.tab.active:not(.dirty)[data-resource-name="${name}"]`).waitFor();
    return this.content(name);
  }

  /** Returns what a file of the workspace holds on the disk. */
  content(name: string): string {
    return readFileSync(join(this.workspace, name), 'utf8');
  }

  /** The extension's entry in the status bar. */
  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id="phi-ls.phi-ls.phi-ls"], .statusbar-item[id="phi-ls.phi-ls"]');
  }

  /** The entries of the list on the screen. */
  get entries(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** Returns what the list on the screen says, and closes it. */
  async listed(): Promise<string[]> {
    await this.entries.first().waitFor();
    const widget = this.page.locator('.quick-input-widget');
    const texts = await widget.locator('.monaco-list-row, .quick-input-title').allInnerTexts();
    await this.page.keyboard.press('Escape');
    await widget.waitFor({ state: 'hidden' });
    return texts;
  }

  /** The notifications on the screen. */
  get notifications(): Locator {
    return this.page.locator('.notification-toast');
  }

  /** The page of the explain view. */
  get explanation(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** The hover on the screen. */
  get hover(): Locator {
    return this.page.locator('.monaco-hover:not(.hidden) .hover-contents');
  }
}
