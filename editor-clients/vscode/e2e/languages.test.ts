// What a person sees of the extension is in one language, chosen for VS Code or for phi-ls alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { ofCode, ofManifest, ofServer, type Sentence } from './harness/catalogues.ts';
import { leftInEnglish, translatedIn } from './harness/english.ts';
import { METER } from './harness/samples.ts';
import { VsCode } from './harness/session.ts';

/** `manifest`: whether VS Code itself is in that language, and so titles of commands and descriptions of settings. */
const RUNS = [
  { name: 'VS Code in Swahili', language: 'sw', manifest: true },
  { name: 'VS Code in German', language: 'de', manifest: true },
  { name: 'VS Code in English, phi-ls in German', language: 'de', manifest: false },
];

for (const { name, language, manifest } of RUNS) {
  describe(name, () => {
    let code: VsCode;
    const sentences: Sentence[] = [...ofCode(language), ...ofServer(language)];
    sentences.push(...(manifest ? ofManifest(language) : []));
    const isTranslated = (texts: readonly string[], least: number): void => {
      assert.deepEqual(leftInEnglish(texts, sentences), []);
      const found = translatedIn(texts, sentences);
      assert.ok(found.length >= least, `only ${found.length} translated: ${found.join(' | ')} in ${texts.join('\n')}`);
    };

    before(async () => {
      const settings = { 'phi-ls.offerModel': true, ...(manifest ? {} : { 'phi-ls.language': language }) };
      code = await VsCode.open({ files: { 'meter.py': METER }, settings, ...(manifest && { language }) });
      await code.ready();
    });
    afterEach((context) => code.keep(context));
    after(() => code.close());

    test('the server asks in it', async () => {
      const question = code.window.notifications.first();
      await question.waitFor();
      isTranslated(await question.locator('.notification-list-item-message, .monaco-button').allInnerTexts(), 2);
      await question.locator('.monaco-button').last().click();
      await question.waitFor({ state: 'detached' });
    });

    test('the status bar, its menu, and the lists behind it are in it', async () => {
      const { window } = code;
      await window.open('meter.py');
      const label = await window.statusItem.locator('a').getAttribute('aria-label');
      isTranslated([(label ?? '').replaceAll('. ', '\n')], 2);
      await window.statusItem.click();
      isTranslated(await window.listed(), 8);
      await window.run('phi.showMetrics');
      isTranslated(await window.listed(), 6);
      await window.run('phi.selectModel');
      isTranslated(await window.listed(), 3);
    });

    test('the explain view is in it', async () => {
      const { window } = code;
      await window.open('meter.py');
      await window.select(4, 6);
      await window.run('phi.explainSelection');
      await window.explanation.locator('.turn .by').waitFor();
      const own = await window.explanation.locator('h1, button, label, #state, .note').allInnerTexts();
      const hint = await window.explanation.locator('#question').getAttribute('placeholder');
      isTranslated([...own, hint ?? ''], 6);
    });

    test('the question about a proposed edit is in it', async () => {
      const { window } = code;
      await window.goTo(9, 6);
      await window.run('phi.documentSymbol');
      const question = window.notifications.filter({ hasText: 'meter.py' });
      await question.waitFor();
      isTranslated(await question.locator('.notification-list-item-message, .monaco-button').allInnerTexts(), 3);
      await window.run('phi.discardEdit');
      await window.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    });

    if (manifest) {
      test('commands and settings are in it', async () => {
        const { window } = code;
        await window.page.keyboard.press('F1');
        await window.page.locator('.quick-input-widget input').fill('>phi-ls:');
        await window.entries.filter({ hasText: 'phi-ls:' }).first().waitFor();
        // Below it VS Code shows the English title, by which a command can be found as well.
        const titles = window.entries.locator('.quick-input-list-row:first-child');
        isTranslated(await titles.allInnerTexts(), 10);
        await window.page.keyboard.press('Escape');
        await window.run('phi.openSettings');
        const descriptions = window.page.locator('.setting-item-description, .setting-item-enumDescription');
        await descriptions.first().waitFor();
        isTranslated(await descriptions.allInnerTexts(), 3);
        await window.page.keyboard.press('Escape');
        await descriptions.first().waitFor({ state: 'detached' });
      });

      test('the walkthrough is in it', async () => {
        const { window } = code;
        await window.run('workbench.action.openWalkthrough');
        const page = window.page.locator('.gettingStartedContainer .gettingStartedSlideDetails');
        await page.locator('.step-title').first().waitFor();
        isTranslated(await page.allInnerTexts(), 6);
      });
    }
  });
}
