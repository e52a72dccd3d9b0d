/** Looking for programs on the machine. */

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { absolute, findProgram, isInside, isProgram } from '../src/server/search';

const NAME = 'a-program-that-nobody-has';

/** Makes a folder that goes with the test. */
function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'phi-ls-search-'));
  context.after(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

/** Writes a program, and returns its path. */
function program(path: string, mode = 0o755): string {
  mkdirSync(path, { recursive: true });
  const file = join(path, process.platform === 'win32' ? `${NAME}.exe` : NAME);
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
}

/** The first folder of the PATH that has the program is taken. */
test('a program is found on the PATH', async (context) => {
  const [one, two] = [folder(context), folder(context)];
  const expected = program(one);
  program(two);
  const env = { PATH: [one, two].join(delimiter) };
  assert.equal(expected, await findProgram(NAME, { env, forbidden: [], further: [] }));
});

/** Entries of the PATH that are relative would be folders of whatever is open. */
test('relative entries of the PATH are passed over', async (context) => {
  const place = folder(context);
  program(join(place, 'bin'));
  const before = process.cwd();
  context.after(() => {
    process.chdir(before);
  });
  process.chdir(place);
  const env = { PATH: ['bin', '.', ''].join(delimiter) };
  assert.equal(undefined, await findProgram(NAME, { env, forbidden: [], further: [] }));
});

/** Programs in a workspace that is not trusted are not run. */
test('forbidden folders are passed over', async (context) => {
  const place = folder(context);
  program(join(place, 'bin'));
  const env = { PATH: join(place, 'bin') };
  assert.equal(undefined, await findProgram(NAME, { env, forbidden: [place], further: [] }));
});

/** Where tools put programs without changing the PATH, and where this extension does. */
test('folders beside the PATH are looked into', async (context) => {
  const [tools, own] = [folder(context), folder(context)];
  const inTools = program(tools);
  const inOwn = program(own);
  assert.equal(inTools, await findProgram(NAME, { env: { UV_TOOL_BIN_DIR: tools }, forbidden: [], further: [own] }));
  assert.equal(inOwn, await findProgram(NAME, { env: {}, forbidden: [], further: [own] }));
});

/** A folder, a file that may not be run, and nothing at all are no programs. */
test('only what can be run is a program', async (context) => {
  const place = folder(context);
  assert.ok(await isProgram(program(join(place, 'good'))));
  assert.ok(!(await isProgram(place)));
  assert.ok(!(await isProgram(join(place, 'nothing'))));
  if (process.platform !== 'win32') {
    assert.ok(!(await isProgram(program(join(place, 'bad'), 0o644))));
  }
});

/** `~` is the home folder at the beginning alone. */
test('paths become absolute or are refused', () => {
  assert.equal(`${homedir()}/bin/x`, absolute('~/bin/x'));
  assert.equal(undefined, absolute('bin/x'));
  assert.equal(undefined, absolute('~other/x'));
});

/** A folder whose name begins like another one's is not in it. */
test('a folder is inside another or not', () => {
  assert.ok(isInside('/projects/a', '/projects'));
  assert.ok(isInside('/projects', '/projects'));
  assert.ok(!isInside('/projectsshop', '/projects'));
  assert.ok(!isInside('/', '/projects'));
});
