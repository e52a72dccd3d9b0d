// Ghost text by the built-in model, with the keys that VS Code itself has for it.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { STACK } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';
import { until } from './harness/until.ts';

const names = ['first', 'shown', 'along', 'whole', 'words', 'byhand', 'killed'].map((name) => `${name}.py`);
let code: VsCode;

before(async () => {
  const files = Object.fromEntries(names.map((name) => [name, STACK]));
  code = await VsCode.open({ files, size: { width: 760, height: 480 } });
  await code.ready();
  // What asks for suggestions in an editor is made some time after the editor, or at once by this command.
  await code.window.open('first.py');
  await code.window.run('editor.action.inlineSuggest.trigger');
  await code.window.awaitGhost();
});
afterEach((context) => code.keep(context));
after(() => code.close());

test('a suggestion appears as ghost text behind what was typed', async () => {
  const { window } = code;
  await window.open('shown.py');
  await window.type('self.');
  const ghost = await window.awaitGhost();
  assert.match(ghost, /^items\)/);
  await code.picture('ghost-text');
  assert.equal(await window.saved('shown.py'), `${STACK}self.`, 'what is only suggested is not in the file');
});

test('ghost text stays while it is typed along', async () => {
  const { window } = code;
  await window.open('along.py');
  await window.type('self.');
  const ghost = await window.awaitGhost();
  for (let typed = 1; typed <= 4; typed += 1) {
    await window.type(ghost.charAt(typed - 1));
    await window.awaitGhost((rest) => rest === ghost.slice(typed));
  }
});

test('Tab accepts all of it', async () => {
  const { window } = code;
  await window.open('whole.py');
  await window.type('self.');
  const ghost = await window.awaitGhost();
  await window.page.keyboard.press('Tab');
  await window.awaitGhost((text) => text !== ghost);
  assert.ok((await window.saved('whole.py')).startsWith(`${STACK}self.${ghost.split('\n')[0]}`));
});

test('Ctrl+Right accepts a word and leaves the rest', async () => {
  const { window } = code;
  await window.open('words.py');
  await window.type('self.');
  const ghost = await window.awaitGhost();
  await window.page.keyboard.press('Control+ArrowRight');
  const rest = await window.awaitGhost((text) => text !== ghost);
  const taken = ghost.slice(0, ghost.length - rest.length);
  assert.equal(taken, 'items');
  assert.equal(await window.saved('words.py'), `${STACK}self.${taken}`);
});

test('while suggestions are paused they come when they are asked for', async () => {
  const { window } = code;
  await window.open('byhand.py');
  await window.run('phi.pause');
  await window.statusItem.locator('.codicon-debug-pause').waitFor();
  await window.type('self.');
  await window.run('editor.action.inlineSuggest.trigger');
  await window.awaitGhost();
  await window.run('phi.resume');
  await window.statusItem.locator('.codicon-sparkle').waitFor();
});

test('typing goes on after the server was killed', async () => {
  const { window } = code;
  await window.open('killed.py');
  const [killed] = code.servers();
  assert.ok(killed);
  process.kill(killed.pid, 'SIGKILL');
  await window.type('self');
  await code.successorOf(killed.pid);
  await until(async () => {
    await window.type('.');
    const ghost = await window.awaitGhost(undefined, 2_000).catch(() => '');
    await (ghost || window.page.keyboard.press('Backspace'));
    return ghost;
  }, 'ghost text by the new server');
  assert.equal(await window.notifications.count(), 0, 'one crash is no reason to disturb anybody');
});
