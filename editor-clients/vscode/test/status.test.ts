/** What the status bar shows. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { Status } from '../src/server/status';
import { isOn, isOtherDevice, milliseconds, type Situation, text } from '../src/status/text';

const STATUS: Status = {
  kind: 'normal',
  message: 'ready',
  model: 'phi',
  engine: 'openvino',
  device: 'GPU',
  typing: null,
  requestedDevice: 'auto',
  deviceReason: '',
  queue: 0,
  promptTokens: 0,
  tokensReused: 0,
  suggestions: 0,
  suggestionHits: 0,
  suggestionsJoined: 0,
  prefetched: 0,
  prefetchHits: 0,
  p50Ms: null,
  p95Ms: null,
  workers: [],
};

const shown = (status: Partial<Status> | undefined, situation: Partial<Situation> = {}): string =>
  text({
    status: status && { ...STATUS, ...status },
    running: true,
    paused: false,
    languageOn: true,
    ...situation,
  });

/** The device is that of who suggests, and the latency follows once it is known. */
test('the device and the latency are shown', () => {
  assert.equal('$(sparkle) phi-ls GPU', shown({}));
  assert.equal('$(sparkle) phi-ls GPU · 42 ms', shown({ p50Ms: 41.6 }));
  const typing = { model: 'starter', engine: 'openvino', device: 'CPU', reason: '' };
  assert.equal('$(sparkle) phi-ls CPU', shown({ typing }));
});

/** What is wrong goes before what is off. */
test('the icon says the most urgent', () => {
  assert.equal('$(error) phi-ls GPU', shown({ kind: 'error' }, { paused: true }));
  assert.equal('$(loading~spin) phi-ls GPU', shown({ kind: 'busy' }));
  assert.equal('$(warning) phi-ls GPU', shown({ kind: 'warning' }));
  assert.equal('$(debug-pause) phi-ls GPU', shown({}, { paused: true }));
  assert.equal('$(circle-slash) phi-ls GPU', shown({}, { languageOn: false }));
  assert.equal('$(circle-slash) phi-ls GPU', shown({ kind: 'inactive' }));
});

/** Without a server there is nothing to say of a device; while it starts, it is busy. */
test('a server that does not run is said to', () => {
  assert.equal('$(debug-disconnect) phi-ls', shown(undefined, { running: false }));
  assert.equal('$(loading~spin) phi-ls', shown(undefined));
});

/** Another device than the one asked for is worth a warning; with `auto` none was asked for. */
test('another device than the requested one is noticed', () => {
  const reason = { deviceReason: 'there is no Intel GPU', device: 'CPU' };
  assert.ok(isOtherDevice({ ...STATUS, ...reason, requestedDevice: 'GPU' }));
  assert.ok(!isOtherDevice({ ...STATUS, ...reason, requestedDevice: 'auto' }));
  assert.ok(!isOtherDevice({ ...STATUS, ...reason, requestedDevice: 'cpu' }));
});

/** A language has its own entry, else that of all others, else it is on. */
test('the table of languages is read as the server reads it', () => {
  assert.ok(isOn({}, 'go'));
  assert.ok(!isOn({ '*': false }, 'go'));
  assert.ok(isOn({ '*': false, go: true }, 'go'));
});

/** Fractions are of no interest, and what is unknown is left out. */
test('milliseconds are whole', () => {
  assert.equal('8 ms', milliseconds(7.6));
  assert.equal('', milliseconds(null));
});
