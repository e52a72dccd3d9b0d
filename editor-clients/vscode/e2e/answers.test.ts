// What the built-in model says of code: in the view beside the editor, in hovers, for problems, and as documentation.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { FAULTY_JSON, METER, SETTINGS } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';

let code: VsCode;

before(async () => {
  const files: Record<string, string> = { 'meter.py': METER, 'faulty.json': FAULTY_JSON };
  for (const name of ['documented.py', 'discarded.py', 'changed.py', 'hovered.py']) {
    files[name] = SETTINGS;
  }
  // VS Code does not ask again for a hover that came without the model's words, however busy the machine.
  const settings = { 'phi-ls.hover.deadlineMs': 60_000 };
  code = await VsCode.open({ files, settings, size: { width: 1000, height: 600 } });
  await code.ready();
});
afterEach((context) => code.keep(context));
after(() => code.close());

test('documentation is proposed in a diff and inserted when it is accepted', async () => {
  const { window } = code;
  await window.open('documented.py');
  await window.goTo(6, 6);
  await window.run('phi.documentSymbol');
  await window.page.locator('.monaco-diff-editor').waitFor();
  await window.notifications.filter({ hasText: 'Insert it into documented.py?' }).waitFor();
  await code.picture('docstring-diff');
  assert.equal(window.content('documented.py'), SETTINGS);
  await window.run('phi.acceptEdit');
  await window.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
  assert.match(await window.saved('documented.py'), /def read_settings\(path\):\n {4}"""[^"]+"""\n {4}with open/);
});

test('documentation that is discarded changes nothing', async () => {
  const { window } = code;
  await window.open('discarded.py');
  await window.goTo(6, 6);
  await window.run('phi.documentSymbol');
  await window.page.locator('.monaco-diff-editor').waitFor();
  await window.run('phi.discardEdit');
  await window.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
  await window.type('#');
  assert.equal(await window.saved('discarded.py'), SETTINGS.replace('def read', 'def r#ead'));
});

test('a hover shows what the file says and what the model says', async () => {
  const { window } = code;
  await window.open('hovered.py');
  await window.goTo(16, 36);
  await window.run('editor.action.showHover');
  const hover = window.hover.filter({ hasText: 'very small built-in model' });
  await hover.waitFor();
  const text = (await hover.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
  assert.match(text, /def read_settings\(path\):/);
  await code.picture('hover');
});

test('a selection is explained beside the editor, and the cursor stays where it was', async () => {
  const { window } = code;
  await window.open('meter.py');
  await window.select(4, 6);
  await window.run('phi.explainSelection');
  const { explanation } = window;
  await explanation.locator('.turn .by', { hasText: 'starter' }).waitFor();
  assert.equal(await explanation.locator('#heading').textContent(), 'meter.py, lines 4 to 6');
  assert.notEqual(await explanation.locator('.answer').textContent(), '');
  assert.match((await explanation.locator('.note').textContent()) ?? '', /very small built-in model/);
  assert.ok(await window.page.locator('.monaco-editor.focused').isVisible());
  await code.picture('explain');
});

test('a problem that VS Code has found has a quick fix that explains it', async () => {
  const { window } = code;
  await window.open('faulty.json');
  await window.page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  await window.goTo(3, 4);
  await window.run('editor.action.quickFix');
  const action = window.page.locator('.action-widget .monaco-list-row', { hasText: 'Explain: Duplicate object key' });
  await action.waitFor();
  await window.page.keyboard.press('Enter');
  const heading = window.explanation.locator('#heading', { hasText: 'faulty.json, line 3: Duplicate object key' });
  await heading.waitFor();
});

test('documentation of a file that has changed since is not inserted, and that is said', async () => {
  const { window } = code;
  await window.open('changed.py');
  await window.goTo(6, 6);
  await window.run('phi.documentSymbol');
  await window.page.locator('.monaco-diff-editor').waitFor();
  await window.open('changed.py');
  await window.type('# later');
  await window.notifications.filter({ hasText: 'Nothing was inserted' }).waitFor();
  await window.page.locator('.tab', { hasText: 'Documentation of read_settings' }).waitFor({ state: 'detached' });
  assert.equal(await window.saved('changed.py'), `${SETTINGS}# later`);
});
