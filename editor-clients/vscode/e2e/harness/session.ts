// A window with the extension and the real server, and what must hold of it whatever a test does.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isHere, type Opened, openPage } from './browser.ts';
import { CodeServer } from './code-server.ts';
import { KEYBINDINGS } from './keys.ts';
import { pretendLanguage } from './languages.ts';
import { keepEvidence, makePicture } from './pictures.ts';
import { server, vsix } from './places.ts';
import { type Found, noneLeft, processesWith } from './processes.ts';
import { makeScene, removeScene, type Scene, type Wishes } from './scene.ts';
import { until } from './until.ts';
import { Window } from './window.ts';

/** Of every test: the server of the checkout, and nothing of VS Code's own that asks other machines. */
const SETTINGS = {
  'phi-ls.server.path': server,
  'phi-ls.offerModel': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'workbench.quickOpen.closeOnFocusLost': false,
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
};

/** A window and all that runs behind it. */
export class VsCode {
  readonly window: Window;
  readonly scene: Scene;
  private readonly opened: Opened;
  private readonly codeServer: CodeServer;

  private constructor(scene: Scene, codeServer: CodeServer, opened: Opened) {
    this.scene = scene;
    this.codeServer = codeServer;
    this.opened = opened;
    this.window = new Window(opened.page, scene.workspace);
  }

  /** Installs the extension into a new VS Code and opens a window of it; returns when the workbench is there. */
  static async open(wishes: Wishes): Promise<VsCode> {
    const scene = makeScene(wishes);
    const userData = join(scene.folder, 'user-data');
    mkdirSync(userData);
    if (wishes.language) {
      pretendLanguage(userData, wishes.language);
    }
    const codeServer = await CodeServer.start({
      folder: scene.folder,
      extensions: [vsix, ...(wishes.extensions ?? [])],
      settings: { ...SETTINGS, ...wishes.settings },
      keybindings: KEYBINDINGS,
      environment: scene.environment,
      arguments: [
        ...(wishes.restricted ? [] : ['--disable-workspace-trust']),
        ...(wishes.language ? ['--locale', wishes.language] : []),
      ],
    });
    const opened = await openPage(wishes.size ?? { width: 1200, height: 800 });
    const code = new VsCode(scene, codeServer, opened);
    await opened.page.goto(`${codeServer.address}/?folder=${scene.workspace}`);
    // The list of files is only in the way.
    await opened.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    await opened.page.keyboard.press('Control+B');
    await opened.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
    return code;
  }

  /** Waits until the extension says in the status bar that a model is loaded. */
  async ready(): Promise<void> {
    await this.window.statusItem.filter({ hasText: /phi-ls (CPU|none)/ }).waitFor({ timeout: 90_000 });
  }

  /** Waits until the status bar shows no work under way. */
  async idle(): Promise<void> {
    await this.window.statusItem.locator('.codicon-loading').waitFor({ state: 'detached' });
  }

  /** The processes of the server: itself, and the workers that it has started. */
  servers(): Found[] {
    return this.processes().filter(({ command }) => command.includes('--stdio') && command.includes('phi-ls'));
  }

  /** Keeps a picture of the window and what the server logged, if the test that has just ended failed. */
  async keep(context: { readonly name: string; readonly passed?: boolean }): Promise<void> {
    if (context.passed === false) {
      await keepEvidence(context.name, this.opened.page, join(this.scene.folder, 'user-data/logs'));
    }
  }

  /** Makes a picture for the documentation, if the run is for that. */
  async picture(name: string): Promise<void> {
    await makePicture(name, this.opened.page);
  }

  /** Ends everything. Throws if a process stays, or if anything has asked for anything that is not on this machine. */
  async close(): Promise<void> {
    await this.opened.browser.close();
    this.codeServer.end();
    await noneLeft(this.marker);
    const asked = this.opened.asked().filter((address) => !isHere(address));
    const connected = this.codeServer.strangers();
    removeScene(this.scene);
    assert.deepEqual([], asked, 'the page has asked for this elsewhere');
    assert.deepEqual([], connected, 'processes have connected elsewhere');
  }

  /** Waits until the server has another process than this one. */
  async successorOf(old: number): Promise<void> {
    await until(() => this.servers().some(({ pid }) => pid !== old), 'the server runs again');
  }

  private processes(): Found[] {
    return processesWith(this.marker);
  }

  private get marker(): string {
    return `PHI_LS_STATE_DIR=${this.scene.environment.PHI_LS_STATE_DIR}`;
  }
}
