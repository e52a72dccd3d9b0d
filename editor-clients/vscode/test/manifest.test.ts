/** The manifest says what the server and the sources say. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SERVER_OPTIONS, USER_OPTIONS } from '../src/server/options';

interface Setting {
  readonly scope: string;
  readonly default: unknown;
}

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: readonly { readonly properties: Record<string, Setting> }[];
  };
}

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const settings = Object.assign({}, ...manifest.contributes.configuration.map((each) => each.properties)) as Record<
  string,
  Setting
>;
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'));

/** The options that the server knows, from its own documentation. */
const documented = [...readFileSync('../../docs/settings.md', 'utf8').matchAll(/^\| (`[^|]+) \|/gm)]
  .flatMap(([, names]) => [...(names ?? '').matchAll(/`([A-Za-z.]+)`/g)])
  .map(([, name]) => name ?? '')
  .filter((name) => /^[a-z]/.test(name));

/** Settings of the extension alone. */
const OWN = ['server.path', 'chat.enable', 'trace.server'];

/** Each option of the server is a setting, and is sent in one of the two ways. */
test('every option of the server is a setting', () => {
  const sent = [...USER_OPTIONS, ...SERVER_OPTIONS].sort();
  assert.deepEqual(documented.sort(), sent);
  assert.deepEqual([...sent, ...OWN].map((name) => `phi-ls.${name}`).sort(), Object.keys(settings).sort());
});

/** What names programs, paths, models, devices or addresses is not taken from a workspace that is not trusted. */
test('settings that name things to run are restricted', () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  const naming = /path$|\.(model|engine|device|url)$/i;
  const expected = Object.keys(settings).filter((name) => naming.test(name));
  assert.deepEqual(expected.sort(), [...restricted].sort());
});

/** What is run, and where code is sent, no workspace can say, trusted or not. */
test('programs, paths and addresses belong to the machine', () => {
  for (const name of ['phi-ls.server.path', ...USER_OPTIONS.map((option) => `phi-ls.${option}`)]) {
    assert.equal('machine', settings[name]?.scope, name);
  }
});

/** Each command of the manifest is registered somewhere. */
test('every command is registered', () => {
  for (const { command } of manifest.contributes.commands) {
    assert.ok(
      sources.some((source) => source.includes(`'${command}'`)),
      command,
    );
  }
});

/** Each sentence that the manifest refers to is there, and none is left over. */
test('every key of the manifest has its sentence', () => {
  const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');
  const known = Object.keys(JSON.parse(readFileSync('package.nls.json', 'utf8')) as object);
  assert.deepEqual([...new Set(used)].sort(), known.sort());
});

/** Each reason that the server can give for having no suggestion has its sentence. */
test('every reason has a sentence', () => {
  const table = readFileSync('../../docs/protocol.md', 'utf8').split('| reason |')[1]?.split('\n\n')[0] ?? '';
  const reasons = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)])
    .map(([, name]) => name ?? '');
  assert.ok(reasons.length > 15);
  const source = readFileSync('src/commands/reasons.ts', 'utf8');
  assert.deepEqual(
    [],
    reasons.filter((reason) => !source.includes(`    ${reason}: say(`)),
  );
});
