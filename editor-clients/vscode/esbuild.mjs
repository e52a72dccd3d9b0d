// Bundles the extension; with --tests, the unit tests instead, one file each.
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const shared = { bundle: true, target: 'node20', logLevel: 'warning', legalComments: 'none' };
const minify = process.argv.includes('--minify');

if (process.argv.includes('--tests')) {
  rmSync('dist/test', { recursive: true, force: true });
  const tests = readdirSync('test').filter((name) => name.endsWith('.test.ts'));
  await build({
    ...shared,
    platform: 'node',
    format: 'cjs',
    entryPoints: tests.map((name) => `test/${name}`),
    outdir: 'dist/test',
    // What a test reads from the sources, and the compiler that it reads them with.
    external: ['vscode', 'typescript'],
  });
} else {
  await build({
    ...shared,
    platform: 'node',
    format: 'cjs',
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    minify,
    sourcemap: !minify,
  });
}
