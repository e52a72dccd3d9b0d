/** Asking, streaming, stopping, asking again: what the view shows, and what the server is asked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplainArgument } from '../src/explain/argument';
import { Conversation } from '../src/explain/conversation';
import type { Answer } from '../src/explain/transcript';
import type { ExecuteOptions } from '../src/server/session';

const ARGUMENT: ExplainArgument = { textDocument: { uri: 'file:///area.py' }, position: { line: 0, character: 4 } };

/** A question that the server has got and that the test answers. */
interface Asked {
  readonly command: string;
  readonly argument: Record<string, unknown>;
  readonly options: ExecuteOptions;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

function answered(text: string): Answer {
  return { text, model: 'phi', device: 'CPU', finishReason: 'stop', cached: false, note: '' };
}

/** A conversation with a server whose answers the test gives. */
function begun() {
  const asked: Asked[] = [];
  const pieces: string[] = [];
  const session = {
    execute: <T>(command: string, argument: object, options: ExecuteOptions = {}) =>
      new Promise<T>((resolve, reject) => {
        asked.push({
          command,
          argument: { ...argument },
          options,
          answer: (answer) => resolve(answer as T),
          fail: reject,
        });
      }),
  };
  const listener = { changed: () => undefined, wrote: (piece: string) => void pieces.push(piece) };
  const conversation = new Conversation(ARGUMENT, session, listener, (error) => ({
    message: String(error),
    remedies: [],
  }));
  const nth = (at: number): Asked => asked[at] ?? assert.fail(`only ${asked.length} were asked`);
  return { conversation, asked, pieces, nth };
}

test('pieces are passed on as they come, and the answer takes their place', async () => {
  const { conversation, pieces, nth } = begun();
  const end = conversation.begin();
  nth(0).options.onDelta?.('It ');
  nth(0).options.onDelta?.('adds');
  assert.deepEqual({ kind: 'writing', question: '', text: 'It adds' }, conversation.transcript.now);
  nth(0).answer(answered('It **adds**.'));
  await end;
  assert.deepEqual(['It ', 'adds'], pieces);
  assert.deepEqual([{ question: '', answer: answered('It **adds**.') }], conversation.transcript.turns);
});

test('stopping cancels at the server, keeps what has come, and hears no more', async () => {
  const { conversation, pieces, nth } = begun();
  const end = conversation.begin();
  nth(0).options.onDelta?.('It ');
  conversation.stop();
  assert.equal(true, nth(0).options.token?.isCancellationRequested);
  nth(0).options.onDelta?.('adds');
  nth(0).answer(answered('It adds.'));
  await end;
  assert.deepEqual(['It '], pieces);
  assert.deepEqual({ kind: 'stopped', question: '', text: 'It ' }, conversation.transcript.now);
});

test('a question that follows is asked with what was said before it', async () => {
  const { conversation, nth } = begun();
  const explained = conversation.begin();
  nth(0).answer(answered('It adds.'));
  await explained;
  void conversation.ask('Why?');
  const { question, previous, position } = nth(1).argument;
  assert.deepEqual(
    { question: 'Why?', previous: [{ answer: 'It adds.' }], position: ARGUMENT.position },
    { question, previous, position },
  );
});

test('a newer question takes the place of the one that is being answered', async () => {
  const { conversation, nth } = begun();
  const first = conversation.begin();
  const second = conversation.ask('Why?');
  assert.equal(true, nth(0).options.token?.isCancellationRequested);
  nth(0).answer(answered('late'));
  nth(1).answer(answered('Because.'));
  await Promise.all([first, second]);
  assert.deepEqual(
    ['Because.'],
    conversation.transcript.turns.map(({ answer }) => answer.text),
  );
});

test('the newest answer is written anew, with the question it was for', async () => {
  const { conversation, nth } = begun();
  const explained = conversation.begin();
  nth(0).answer(answered('It adds.'));
  await explained;
  const followed = conversation.ask('Why?');
  nth(1).answer(answered('Because.'));
  await followed;
  void conversation.again();
  assert.deepEqual(
    { command: 'phi-ls.regenerate', question: 'Why?', previous: [{ answer: 'It adds.' }] },
    { command: nth(2).command, question: nth(2).argument['question'], previous: nth(2).argument['previous'] },
  );
  assert.equal(1, conversation.transcript.turns.length);
});

test('a failure is kept beside what was said, and the question can be asked again', async () => {
  const { conversation, nth } = begun();
  const explained = conversation.begin();
  nth(0).answer(answered('It adds.'));
  await explained;
  const followed = conversation.ask('Why?');
  nth(1).fail(new Error('it cannot be asked'));
  await followed;
  assert.deepEqual(
    { kind: 'failed', question: 'Why?', failure: { message: 'Error: it cannot be asked', remedies: [] } },
    conversation.transcript.now,
  );
  void conversation.again();
  assert.equal('Why?', nth(2).argument['question']);
  assert.equal(1, conversation.transcript.turns.length);
});

test('no more is told of what was said than the server takes', async () => {
  const { conversation, nth } = begun();
  for (let at = 0; at < 22; at += 1) {
    const end = at === 0 ? conversation.begin() : conversation.ask(`Question ${at}?`);
    nth(at).answer(answered(`Answer ${at}`));
    await end;
  }
  void conversation.ask('The last?');
  const previous = nth(22).argument['previous'] as readonly { answer: string }[];
  assert.equal(20, previous.length);
  assert.equal('Answer 21', previous.at(-1)?.answer);
});
