/** Which servers are recent enough. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { isRecentEnough } from '../src/server/version';

/** The oldest version itself, and what comes after it, also before its release. */
test('newer versions are good', () => {
  assert.ok(isRecentEnough('0.2.0', '0.2.0'));
  assert.ok(isRecentEnough('0.10.0', '0.2.0'));
  assert.ok(isRecentEnough('1.0', '0.2.9'));
  assert.ok(isRecentEnough('0.2.1.dev3+g1234', '0.2.0'));
});

/** What is older, or no version at all. */
test('older versions are not', () => {
  assert.ok(!isRecentEnough('0.1.9', '0.2.0'));
  assert.ok(!isRecentEnough('0.2.0', '0.2.1'));
  assert.ok(!isRecentEnough('?', '0.0.1'));
});
