// Where the things under test lie.
import { join, resolve } from 'node:path';

/** The extension's folder in the checkout. */
export const extension = resolve(import.meta.dirname, '../..');

/** The checkout. */
export const checkout = resolve(extension, '../..');

/** The server under test, as a user would name it in the settings. */
export const server = join(checkout, '.venv/bin/phi-ls');

/** The folder that `setup` has made: VS Code, and the Node it wants. */
export const machine = named('PHI_LS_E2E_MACHINE');

/** The packed extension. */
export const vsix = named('PHI_LS_E2E_VSIX');

function named(variable: string): string {
  const value = process.env[variable];
  if (!value) {
    throw new Error(`${variable} is not set: start the tests by "e2e/run"`);
  }
  return value;
}
