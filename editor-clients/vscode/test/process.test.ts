/** Programs that are run to their end, or stopped. */

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import test from 'node:test';
import { run } from '../src/server/process';

const folder = tmpdir();

/** Both outputs are collected, and told line by line. */
test('the output comes in lines', async () => {
  const lines: string[] = [];
  const code = 'console.log("one"); console.error("two"); process.exitCode = 3;';
  const ended = await run(process.execPath, ['-e', code], { folder, onLine: (line) => lines.push(line) });
  assert.equal(3, ended.code);
  assert.deepEqual(['one', 'two'], lines.sort());
});

/** A program that is not there is an end like another. */
test('a program that cannot be started has no code', async () => {
  const ended = await run('/nothing/of/the/kind', [], { folder });
  assert.equal(null, ended.code);
});

/** What is cancelled stops with all that it has started: its output is closed by none of them before. */
test('a program is stopped with its children', { timeout: 60_000 }, async () => {
  const abort = new AbortController();
  const child = 'console.log("ready"); setInterval(() => {}, 1000)';
  const parent = `const { spawn } = require("node:child_process");
    spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" });
    setInterval(() => {}, 1000);`;
  const onLine = (line: string): void => {
    if (line === 'ready') {
      abort.abort();
    }
  };
  const ended = await run(process.execPath, ['-e', parent], { folder, signal: abort.signal, onLine });
  assert.notEqual(0, ended.code);
});

/** What has been cancelled before it began is not left running. */
test('a program that is cancelled at once ends', { timeout: 60_000 }, async () => {
  const ended = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    folder,
    signal: AbortSignal.abort(),
  });
  assert.notEqual(0, ended.code);
});
