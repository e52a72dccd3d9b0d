// A workspace that wants a program of its own to be run, in every setting that names one.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { STACK } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';
import { until } from './harness/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'phi-ls-canary-'));
const canary = join(folder, 'phi-ls');
const sang = join(folder, 'sang');

/** Names the canary wherever a program, a path, a model or an address can be named. */
const WORKSPACE = {
  'phi-ls.server.path': canary,
  'phi-ls.modelPath': folder,
  'phi-ls.engine': 'openai_server',
  'phi-ls.model': 'no-such-model',
  'phi-ls.device': 'NPU',
  'phi-ls.openaiServer.url': 'http://203.0.113.1:8000/v3',
  'phi-ls.inlineCompletion.model': 'chosen',
};
const FILES = {
  'stack.py': STACK,
  '.vscode/settings.json': JSON.stringify(WORKSPACE),
};

before(() => {
  writeFileSync(canary, `#!/bin/sh\ntouch ${sang}\n`, { mode: 0o755 });
});
after(() => rmSync(folder, { recursive: true }));

describe('a workspace that is not trusted', () => {
  let code: VsCode;
  before(async () => {
    code = await VsCode.open({ files: FILES, restricted: true });
  });
  afterEach((context) => code.keep(context));
  after(() => code.close());

  test('gets suggestions from the server, model and device of the user', async () => {
    const { window } = code;
    await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await code.ready();
    await window.open('stack.py');
    await window.run('editor.action.inlineSuggest.trigger');
    assert.match(await window.awaitGhost(), /^self\.items\)/);
    await window.statusItem.filter({ hasText: 'CPU' }).waitFor();
    assert.ok(!existsSync(sang), 'the program of the workspace was run');
  });
});

describe('a workspace that is trusted', () => {
  let code: VsCode;
  before(async () => {
    code = await VsCode.open({ files: FILES });
  });
  afterEach((context) => code.keep(context));
  after(() => code.close());

  test('cannot name a program or an address either', async () => {
    await code.ready();
    await code.window.open('stack.py');
    await code.window.run('editor.action.inlineSuggest.trigger');
    assert.match(await code.window.awaitGhost(), /^self\.items\)/);
    assert.ok(!existsSync(sang), 'the program of the workspace was run');
  });
});

describe('the user', () => {
  let code: VsCode;
  before(async () => {
    code = await VsCode.open({ files: FILES, settings: { 'phi-ls.server.path': canary } });
  });
  afterEach((context) => code.keep(context));
  after(() => code.close());

  test('can name that program, which is then run, and is told that it is no server', async () => {
    await until(() => existsSync(sang), 'the canary sings');
    await code.window.notifications.filter({ hasText: 'could not be started as the phi-ls server' }).first().waitFor();
  });
});
