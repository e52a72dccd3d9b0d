// The entry in the status bar and what it leads to.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { STACK } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';

let code: VsCode;

before(async () => {
  code = await VsCode.open({ files: { 'stack.py': STACK, 'word.py': STACK }, size: { width: 1000, height: 600 } });
  await code.ready();
});
afterEach((context) => code.keep(context));
after(() => code.close());

test('the entry names the device, and the time that a suggestion takes once there was one', async () => {
  const { window } = code;
  await window.statusItem.filter({ hasText: 'CPU' }).waitFor();
  await window.open('stack.py');
  await window.run('editor.action.inlineSuggest.trigger');
  await window.awaitGhost();
  await window.statusItem.filter({ hasText: / ms/ }).waitFor();
});

test('it opens a menu that says who answers and offers what can be done', async () => {
  const { window } = code;
  await window.statusItem.click();
  await window.entries.first().waitFor();
  const texts = (await window.entries.allTextContents()).join('\n');
  const wanted = ['starter', 'CPU', 'Pause suggestions', 'Why was nothing suggested?', 'Choose or fetch a model'];
  assert.deepEqual(wanted.filter((text) => !texts.includes(text)), [], texts);
  await code.picture('status-menu');
  await window.page.keyboard.press('Escape');
});

test('the menu lists models that can be fetched with their size and licence', async () => {
  const { window } = code;
  await window.run('phi.selectModel');
  await window.entries.filter({ hasText: /GB.*licence MIT/ }).first().waitFor();
  await window.page.keyboard.press('Escape');
});

test('why nothing was suggested is said in words', async () => {
  const { window } = code;
  await window.open('word.py');
  await window.goTo(8, 17);
  await window.type('x');
  await window.run('phi.whyNoSuggestion');
  await window.entries.filter({ hasText: 'The cursor is inside a word' }).first().waitFor();
  await window.page.keyboard.press('Escape');
});
