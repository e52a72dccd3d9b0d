// A model that takes questions: in the explain view, and for VS Code's chat and other extensions.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { createVSIX } from '@vscode/vsce';
import { ModelServer } from './harness/model-server.ts';
import { METER } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';
import { until } from './harness/until.ts';

const PIECES = ['It says **hello**.\n\n', '![x](https://images.example/x.png)\n\n', '```py\nprint(1)\n', '```'];
const model = new ModelServer(PIECES);
const folder = mkdtempSync(join(tmpdir(), 'phi-ls-chat-user-'));

/** What the other extension writes down. */
interface Told {
  readonly error?: string;
  readonly name: string;
  readonly tokens: number;
  readonly pieces: readonly string[];
}

let code: VsCode;

before(async () => {
  const packagePath = join(folder, 'chat-user.vsix');
  const cwd = join(import.meta.dirname, 'fixtures/chat-user');
  await createVSIX({ cwd, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: true });
  const settings = {
    'phi-ls.engine': 'openai_server',
    'phi-ls.openaiServer.url': await model.listen(),
    'phi-ls.model': 'phi-3-mini',
    'phi-ls.chat.enable': true,
    'chat.disableAIFeatures': false,
  };
  code = await VsCode.open({ files: { 'meter.py': METER }, settings, extensions: [packagePath] });
  await code.window.statusItem.filter({ hasText: /phi-ls (CPU|127)/ }).waitFor({ timeout: 90_000 });
});
afterEach((context) => code.keep(context));
after(async () => {
  await code.close();
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

test('another extension can ask the model, which is told no passwords', async () => {
  const { window } = code;
  await until(() => existsSync(join(window.workspace, 'chat.json')), 'the other extension has got an answer');
  const { error, name, tokens, pieces } = JSON.parse(window.content('chat.json')) as Told;
  assert.equal(error, undefined);
  assert.match(name, /^phi-3-mini/);
  assert.equal(tokens, 10);
  assert.equal(pieces.join(''), 'It says **hello**.\n\nx\n\n```py\nprint(1)\n```');
  const asked = model.asked.filter((each) => each.includes('Say hello.'));
  assert.equal(asked.length, 1);
  assert.ok(!asked[0]?.includes('hunter2hunter2'));
});

test('a question about the code is asked with what was said before', async () => {
  const { window } = code;
  await window.open('meter.py');
  await window.select(4, 6);
  await window.run('phi.explainSelection');
  const { explanation } = window;
  await explanation.locator('.turn .by').waitFor();
  await explanation.locator('#question').fill('Is it fast?');
  await explanation.locator('#question').press('Enter');
  await explanation.locator('.question', { hasText: 'Is it fast?' }).waitFor();
  await until(async () => (await explanation.locator('.turn .by').count()) === 2, 'the question is answered');
  const asked = model.asked.find((each) => each.includes('Is it fast?')) ?? '';
  assert.ok(asked.includes('It says **hello**.'));
});
