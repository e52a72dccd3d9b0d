/** The commands that install the server. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { recipes, shown } from '../src/server/recipes';

/** Each tool that is there is a way; the one that needs least of the machine comes first. */
test('every tool is offered in its order', () => {
  const found = recipes({ uv: '/bin/uv', pipx: '/bin/pipx', python: '/bin/python3' }, '/x/phi.whl', '/store');
  assert.deepEqual(
    ['uv', 'pipx', 'venv'],
    found.map(({ tool }) => tool),
  );
});

/** Without tools nothing is offered. */
test('nothing is made up', () => {
  assert.deepEqual([], recipes({}, '/x/phi.whl', '/store'));
});

/** Where neither uv nor pipx is, an environment is made, and the package goes into that one. */
test('an environment is filled by its own Python', () => {
  const [recipe] = recipes({ python: '/bin/python3' }, '/x/phi.whl', '/store');
  const own = join('/store', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  assert.deepEqual(
    [
      ['/bin/python3', '-m', 'venv', '--clear', '/store'],
      [own, '-m', 'pip', 'install', '/x/phi.whl'],
    ],
    recipe?.steps,
  );
});

/** What is shown can be typed into a shell: nothing in it redirects, and folders with spaces stay whole. */
test('commands are shown as they would be typed', () => {
  assert.equal('uv --python ">=3.10" "/my folder/x.whl"', shown(['uv', '--python', '>=3.10', '/my folder/x.whl']));
});
