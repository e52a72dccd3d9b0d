// What a model may say beside code, and how slowly: the real server with a model that follows a script.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { VsCode } from './harness/session.ts';

const BLOCK = ['for item in items:', '\n        total', ' += item', '\n    return total'];
const HOSTILE = [
  '![a picture](https://images.example/track.png) ',
  '<img src="https://images.example/pixel.gif" onerror="alert(1)"> ',
  '<script>fetch("https://collect.example/")</script> ',
  '[a button](command:workbench.action.closeActiveEditor) ',
  '<a href="command:workbench.action.closeActiveEditor">another</a> ',
  '![inline](data:image/png;base64,iVBORw0KGgo=) [a file](file:///etc/passwd) ',
  '[a page](https://pages.example/) <https://auto.example/> https://bare.example/ ',
  '\n\n<iframe src="https://frames.example/"></iframe>\n\n',
];
/** Each another, for what repeats itself is ended by the server. */
const WORDS = Array.from({ length: 1000 }, (_, index) => `word${index} `);
const ANSWERS = [
  { when: 'def slow', tokens: WORDS, token_ms: 100 },
  { when: 'def hostile', tokens: HOSTILE },
  { when: 'def total', tokens: BLOCK },
];

let code: VsCode;

before(async () => {
  const files = {
    'total.py': 'def total(items):\n    total = 0\n    ',
    'slow.py': 'def slow(value):\n    return value\n',
    'hostile.py': 'def hostile(value):\n    return value\n',
  };
  const settings = { 'phi-ls.inlineCompletion.multiline': 'always' };
  code = await VsCode.open({ files, settings, answers: ANSWERS });
  await code.ready();
});
afterEach((context) => code.keep(context));
after(() => code.close());

test('a suggestion of several lines is accepted line by line', async () => {
  const { window } = code;
  await window.open('total.py');
  await window.run('editor.action.inlineSuggest.trigger');
  await window.awaitGhost((ghost) => ghost.includes('return total'));
  await window.run('editor.action.inlineSuggest.acceptNextLine');
  await window.awaitGhost((ghost) => ghost.includes('total += item') && !ghost.includes('for item'));
  assert.match(await window.saved('total.py'), /total = 0\n {4}for item in items:\n?\s*$/);
});

test('the next suggestion of one is itself', async () => {
  const { window } = code;
  await window.open('total.py');
  await window.run('editor.action.inlineSuggest.trigger');
  const ghost = await window.awaitGhost();
  await window.page.keyboard.press('Alt+BracketRight');
  await window.awaitGhost((text) => text === ghost);
});

test('an explanation is seen while it is written, and is stopped by its button', async () => {
  const { window } = code;
  await window.open('slow.py');
  await window.select(1, 2);
  await window.run('phi.explainSelection');
  const written = window.explanation.locator('.answer.unfinished');
  await written.filter({ hasText: 'word3 ' }).waitFor();
  assert.ok(!(await written.textContent())?.includes('word90 '), 'not all of it is there yet');
  await written.filter({ hasText: 'word5 ' }).waitFor();
  await window.explanation.locator('#stop').click();
  await window.explanation.locator('#again').waitFor();
  await code.idle();
  assert.match((await written.textContent()) ?? '', /^word0 word1 .*word\d+ ?$/);
});

test('a hostile answer is shown as text, with nothing in it that loads, runs or leads anywhere', async () => {
  const { window } = code;
  await window.open('hostile.py');
  await window.select(1, 2);
  await window.run('phi.explainSelection');
  await window.explanation.locator('.turn .by').waitFor();
  const answer = window.explanation.locator('.answer');
  const shown = (await answer.textContent()) ?? '';
  const readable = ['a picture', '<img src="https://images.example/pixel.gif"', '<script>', 'a button', 'auto.example'];
  assert.deepEqual(readable.filter((text) => !shown.includes(text)), [], shown);
  const dangerous = 'img, script, iframe, object, embed, form, link, style, [href], [src], [onerror], [style]';
  assert.equal(await answer.locator(dangerous).count(), 0);
  await answer.getByText('a button').first().click();
  assert.ok(await window.page.locator('.tab[data-resource-name="hostile.py"]').isVisible(), 'no command was run');
});

test('a hostile hover loads nothing and leads to no command', async () => {
  const { window } = code;
  await window.open('hostile.py');
  await window.goTo(1, 7);
  await window.run('editor.action.showHover');
  await window.hover.filter({ hasText: 'images.example/pixel' }).waitFor();
  assert.equal(await window.hover.locator('img, script, iframe').count(), 0);
  assert.equal(await window.hover.locator('a[data-href^="command:"], a[href^="command:"]').count(), 0);
});
