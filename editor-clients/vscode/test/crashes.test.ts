/** When a server that has died is started again. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Crashes } from '../src/server/crashes';

const MINUTE = 60_000;

/** Four crashes are forgiven, the fifth within three minutes is not. */
test('the fifth crash in three minutes is the last', () => {
  const crashes = new Crashes();
  assert.deepEqual(
    [true, true, true, true, false],
    [0, 1, 2, 3, 4].map((second) => crashes.allow(second * 1000)),
  );
});

/** Crashes that lie far apart never end it. */
test('crashes that are long ago do not count', () => {
  const crashes = new Crashes();
  const times = Array.from({ length: 20 }, (_, index) => index * MINUTE);
  assert.ok(times.every((time) => crashes.allow(time)));
});
