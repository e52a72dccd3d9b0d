/** What the server, or a workspace, says cannot become a link in a notification. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unlinked } from '../src/unlinked';

/** What VS Code takes for a link in a notification. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

for (const text of [
  '[run](command:workbench.action.quit)',
  'unknown key [x](https://evil.example "title")',
  '[a](file:///etc/passwd)[b](command:b)',
]) {
  test(`no link is left in ${JSON.stringify(text)}`, () => {
    assert.match(text, LINK);
    assert.doesNotMatch(unlinked(text), LINK);
  });
}

test('other text stays as it is', () => {
  assert.equal('values[0] (the first) and f(x)', unlinked('values[0] (the first) and f(x)'));
});
