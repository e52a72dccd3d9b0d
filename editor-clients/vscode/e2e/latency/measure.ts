// Types in a real VS Code and prints how long ghost text takes, from the key to the screen and at the protocol.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { server } from '../harness/places.ts';
import { VsCode } from '../harness/session.ts';
import type { Answered } from './tap.ts';
import { TYPED } from './typed.ts';
import { seenKeys, watchKeys } from './watch.ts';

/** Somebody who types fast. */
const MS_BETWEEN_KEYS = 200;
/** The text is as it is written: VS Code adds no brackets and no spaces of its own. */
const PLAIN = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.autoSurround': 'never',
};

const load = loadavg()[0]?.toFixed(2) ?? '?';
const folder = mkdtempSync(join(tmpdir(), 'phi-ls-latency-'));
const noted = join(folder, 'noted.jsonl');
const tap = join(folder, 'tap');
const parts = [process.execPath, join(import.meta.dirname, 'tap.ts'), noted, server].map((part) => `'${part}'`);
writeFileSync(noted, '');
writeFileSync(tap, `#!/bin/sh\nexec ${parts.join(' ')} "$@"\n`, { mode: 0o755 });

const code = await VsCode.open({ files: { 'typed.py': '' }, settings: { ...PLAIN, 'phi-ls.server.path': tap } });
try {
  await code.ready();
  await code.window.open('typed.py');
  await watchKeys(code.window.page);
  await code.window.page.keyboard.type(TYPED, { delay: MS_BETWEEN_KEYS });
  const keys = await seenKeys(code.window.page);
  const answers = readFileSync(noted, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Answered);
  const shown = keys.filter((ms) => ms !== null);
  const suggested = answers.filter((each) => each.suggested).map(({ ms }) => ms);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`;
  const day = new Date().toISOString().slice(0, 10);
  console.log(`${day}, ${machine}, load ${load} before; ${keys.length} keys, ${MS_BETWEEN_KEYS} ms apart.\n`);
  console.log('| | number | p50 ms | p95 ms |\n|---|--:|--:|--:|');
  console.log(row('key to ghost text on the screen', shown));
  console.log(row('request to answer with a suggestion, at the protocol', suggested));
} finally {
  await code.close();
  rmSync(folder, { recursive: true });
}

function row(name: string, times: number[]): string {
  return `| ${name} | ${times.length} | ${quantile(times, 0.5)} | ${quantile(times, 0.95)} |`;
}

function quantile(times: number[], share: number): string {
  const sorted = [...times].sort((one, other) => one - other);
  return (sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN).toFixed(1);
}
