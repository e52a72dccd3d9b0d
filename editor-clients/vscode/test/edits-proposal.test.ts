/** Which edits are shown, what comes of them, and that the server never waits for ever. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proposedBy, replaced, within } from '../src/edits/proposal';

const AT = { line: 1, character: 0 };
const EDIT = { range: { start: AT, end: AT }, newText: '    """Adds."""\n' };
const ONE = 'file:///one.py';
const OTHER = 'file:///other.py';

function versioned(uri: string, version: number | null = 3) {
  return { textDocument: { uri, version }, edits: [EDIT] };
}

test('an edit of one document is shown, with its version and what it is', () => {
  const params = { label: 'Documentation', edit: { documentChanges: [versioned(ONE)] } };
  assert.deepEqual({ uri: ONE, version: 3, edits: [EDIT], label: 'Documentation' }, proposedBy(params));
});

test('an edit without versions is shown too', () => {
  const params = { edit: { changes: { [ONE]: [EDIT] } } };
  assert.deepEqual({ uri: ONE, version: null, edits: [EDIT], label: '' }, proposedBy(params));
});

for (const [what, edit] of Object.entries({
  'several documents': { documentChanges: [versioned(ONE), versioned(OTHER)] },
  'several documents without versions': { changes: { [ONE]: [EDIT], [OTHER]: [EDIT] } },
  'a new file': { documentChanges: [{ kind: 'create' as const, uri: OTHER }] },
  'a file that goes': { documentChanges: [{ kind: 'delete' as const, uri: ONE }] },
  'a new file beside the text': { documentChanges: [versioned(ONE), { kind: 'create' as const, uri: OTHER }] },
  nothing: {},
})) {
  test(`what cannot be shown is not made: ${what}`, () => {
    assert.equal(undefined, proposedBy({ edit }));
  });
}

test('replacements do not move each other', () => {
  const both = [
    { start: 0, end: 3, text: 'four' },
    { start: 4, end: 4, text: 'and ' },
  ];
  assert.equal('four and two', replaced('one two', both));
});

test('who has not decided in time is answered for', async () => {
  const undecided = new Promise<string>(() => undefined);
  assert.equal('late', await within(0, undecided, 'late'));
});

test('who has decided is heard', async () => {
  assert.equal('yes', await within(60_000, Promise.resolve('yes'), 'late'));
});
