/** What the server is told of a conversation in VS Code's chat. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMessages, estimatedTokens } from '../src/chat/messages';

test('each side keeps its role, and the parts of a message are one text', () => {
  const said = [
    { role: 3, content: [{ value: 'Be brief.' }] },
    { role: 1, content: [{ value: 'Why ' }, { value: 'so?' }] },
    { role: 2, content: [{ value: 'Because.' }] },
  ];
  assert.deepEqual(
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why so?' },
      { role: 'assistant', content: 'Because.' },
    ],
    asMessages(said),
  );
});

test('what is no text is left out, and so is a message without any', () => {
  const image = { data: new Uint8Array(3), mimeType: 'image/png' };
  const call = { callId: '1', name: 'read', input: {} };
  const said = [
    { role: 2, content: [call] },
    { role: 1, content: [{ callId: '1', content: [] }, null] },
    { role: 1, content: [image, { value: 'What is this?' }] },
  ];
  assert.deepEqual([{ role: 'user', content: 'What is this?' }], asMessages(said));
});

test('a role that is not known is the user', () => {
  assert.deepEqual([{ role: 'user', content: 'Hello' }], asMessages([{ role: 9, content: [{ value: 'Hello' }] }]));
});

test('tokens are estimated, of texts and of messages', () => {
  assert.deepEqual(
    [0, 1, 10, 10],
    ['', 'a', 'x'.repeat(32), { role: 1, content: [{ value: 'x'.repeat(32) }] }].map(estimatedTokens),
  );
});
