/** The page of the explain view: its policy, its words, and what it is given to show. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExplainArgument, subjectOf } from '../src/explain/argument';
import { causeOf } from '../src/explain/failure';
import { page } from '../src/explain/page';
import { shown } from '../src/explain/shown';
import { type Answer, Transcript } from '../src/explain/transcript';

const SOURCE = {
  cspSource: 'https://*.views',
  nonce: 'abc123',
  script: 'views/explain.js',
  style: 'views/explain.css',
};
const WORDS = {
  language: 'de',
  title: 'Erklärung',
  stop: 'Anhalten',
  again: 'Neu',
  copy: 'Kopieren',
  copied: 'Kopiert',
  ask: 'Fragen',
  askLabel: 'Frage',
  askHint: 'Etwa: "was"?',
  writing: 'Schreibt',
  stopped: 'Hielt',
  done: 'Fertig',
};
const BY = { remembered: 'remembered', cutShort: 'cut', repeated: 'repeated' };
const URI = { textDocument: { uri: 'file:///project/my%20area.py' } };

function answer(fields: Partial<Answer> = {}): Answer {
  return { text: 'It *adds*.', model: 'phi', device: 'GPU', finishReason: 'stop', cached: false, note: '', ...fields };
}

test('the policy lets one script of ours run, and nothing load from anywhere', () => {
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page(SOURCE, WORDS, 9)) ?? [];
  const read = policy.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  assert.deepEqual(
    [
      "default-src 'none'",
      "script-src 'nonce-abc123'",
      'style-src https://*.views',
      "base-uri 'none'",
      "form-action 'none'",
    ],
    read.split('; '),
  );
});

test('each script and style sheet of the page is one that the policy lets in', () => {
  const html = page(SOURCE, WORDS, 9);
  assert.deepEqual(['<script type="module" nonce="abc123" src="views/explain.js">'], html.match(/<script[^>]*>/g));
  assert.doesNotMatch(html, /<style| style=| on\w+=/);
});

test('a word with quotes stays a word', () => {
  assert.match(page(SOURCE, WORDS, 9), /placeholder="Etwa: &#34;was&#34;\?"/);
});

test('an answer is shown with who wrote it, where, and what must be known of it', () => {
  const transcript = new Transcript();
  transcript.ask('Why?');
  transcript.answer(answer({ cached: true, finishReason: 'length', note: 'Small model.' }));
  assert.deepEqual(
    {
      heading: 'area.py',
      turns: [
        {
          question: 'Why?',
          html: '<p>It <em>adds</em>.</p>\n',
          by: 'phi · GPU · remembered · cut',
          note: 'Small model.',
        },
      ],
      now: { kind: 'answered', question: '', text: '', message: '', remedies: [] },
    },
    shown('area.py', transcript, BY),
  );
});

test('a failure is shown with what can be done', () => {
  const transcript = new Transcript();
  transcript.ask('');
  transcript.fail({ message: 'No model.', remedies: [{ title: 'Try again', command: 'again' }] });
  assert.deepEqual(
    { kind: 'failed', question: '', text: '', message: 'No model.', remedies: ['Try again'] },
    shown('area.py', transcript, BY).now,
  );
});

test('whole lines are named without the line behind them', () => {
  const range = { start: { line: 2, character: 0 }, end: { line: 5, character: 0 } };
  assert.deepEqual({ file: 'my area.py', first: 3, last: 5, message: '' }, subjectOf({ ...URI, range }));
});

test('a diagnostic is named by its line and message', () => {
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
  const named = subjectOf({ ...URI, diagnostic: { range, message: 'unknown name' } });
  assert.deepEqual({ file: 'my area.py', first: 3, last: 3, message: 'unknown name' }, named);
});

test('only arguments that say what to explain are taken', () => {
  const position = { line: 0, character: 0 };
  assert.deepEqual(
    [true, false, false, false],
    [{ ...URI, position }, URI, { position }, undefined].map((each) => isExplainArgument(each)),
  );
});

test('what the server says is passed on, a server that is gone is known, the rest is a fault', () => {
  const refused = Object.assign(new Error('cannot be asked'), { code: -32803 });
  const broken = new Error('connection got disposed');
  assert.deepEqual(
    [{ kind: 'refused', message: 'cannot be asked' }, { kind: 'away' }, { kind: 'fault', message: broken.message }],
    [causeOf(refused, true), causeOf(broken, false), causeOf(broken, true)],
  );
});
