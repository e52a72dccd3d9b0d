// Makes the .vsix: the bundle, the licence of the project, and the server's wheel, from which it can be installed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { createVSIX } from '@vscode/vsce';

const checkout = resolve('../..');

/** Returns the Python that builds the wheel: the one of the checkout, or the one that the caller names. */
function python() {
  return process.env.PHI_LS_BUILD_PYTHON ?? `${checkout}/.venv/bin/python`;
}

rmSync('dist/server', { recursive: true, force: true });
mkdirSync('dist/server', { recursive: true });
const build = ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', `${process.cwd()}/dist/server`];
execFileSync(python(), build, { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] });
copyFileSync(`${checkout}/LICENSE`, 'LICENSE');

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const packagePath = `dist/phi-ls-${version}.vsix`;
// There is no public repository that links could lead to.
await createVSIX({ packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
rmSync('LICENSE');
console.log(packagePath, readdirSync('dist/server').join(' '));
