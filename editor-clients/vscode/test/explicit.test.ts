/** Which values of the settings the server is told. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { nested, setValue } from '../src/server/explicit';

/** The workspace goes before the user, and false is a value. */
test('the narrower value wins', () => {
  assert.equal(false, setValue({ globalValue: true, workspaceValue: false }));
  assert.equal('b', setValue({ globalValue: 'a', workspaceFolderValue: 'b' }));
});

/** What nobody has set is not told, so that the server's own sources decide. */
test('without a value there is none', () => {
  assert.equal(undefined, setValue({}));
  assert.equal(undefined, setValue(undefined));
  assert.deepEqual({}, nested([['model', undefined]]));
});

/** Tables are joined entry by entry, lists are replaced. */
test('tables are joined', () => {
  const tables = { globalValue: { '*': true, go: false }, workspaceValue: { go: true } };
  assert.deepEqual({ '*': true, go: true }, setValue(tables));
  assert.deepEqual(['b'], setValue({ globalValue: ['a'], workspaceValue: ['b'] }));
});

/** Dotted names become objects in objects, side by side. */
test('groups are nested', () => {
  const settings = [
    ['enable', false],
    ['hover.mode', 'off'],
    ['hover.deadlineMs', 100],
  ] as const;
  assert.deepEqual({ enable: false, hover: { mode: 'off', deadlineMs: 100 } }, nested(settings));
});
