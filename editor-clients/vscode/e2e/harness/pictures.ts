// Pictures of windows: for the documentation, and of what went wrong.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { extension } from './places.ts';

/** Writes the picture among those of the extension, if PHI_LS_E2E_PICTURES is set. */
export async function makePicture(name: string, page: Page): Promise<void> {
  if (process.env.PHI_LS_E2E_PICTURES) {
    const path = join(extension, 'media/screenshots', `${name}.png`);
    await page.screenshot({ path, caret: 'initial', animations: 'disabled' });
  }
}

/** Writes a picture and the logs into a folder, and says where. */
export async function keepEvidence(test: string, page: Page, logs: string): Promise<void> {
  const folder = join(tmpdir(), 'phi-ls-vscode-failures', test.replaceAll(/\W+/g, '-').slice(0, 60));
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, 'window.png') });
  const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
  const log = files.map((name) => `== ${name}\n${readFileSync(join(logs, name), 'utf8')}`).join('\n');
  writeFileSync(join(folder, 'logs.txt'), log);
  console.error(`what was to be seen and logged: ${folder}`);
}
