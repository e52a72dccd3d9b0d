/** Two requests for the same place are one for the server. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Recent, type Source, type Token } from '../src/completion/recent';

/** A token that this test cancels. */
class Cancellation implements Token, Source {
  isCancellationRequested = false;
  private readonly listeners: (() => void)[] = [];

  get token(): Token {
    return this;
  }

  onCancellationRequested(listener: () => void): void {
    this.listeners.push(listener);
  }

  cancel(): void {
    this.isCancellationRequested = true;
    this.listeners.forEach((listener) => listener());
  }
}

/** Asks as a server would be asked, and keeps what it was asked with. */
class Server {
  readonly asked: { readonly token: Token; readonly answer: (value: string | null) => void }[] = [];
  readonly ask = (token: Token): Promise<string | null> => new Promise((answer) => this.asked.push({ token, answer }));
}

const make = (): Recent<string> => new Recent<string>(() => new Cancellation());

/** While the first request is under way, the second waits for its answer. */
test('the same place is asked for once', async () => {
  const [recent, server] = [make(), new Server()];
  const answers = [1, 2].map(() => recent.get('here', new Cancellation(), server.ask));
  server.asked[0]?.answer('text');
  assert.deepEqual(['text', 'text'], await Promise.all(answers));
  assert.equal(1, server.asked.length);
});

/** An answer is remembered until another place is asked for. */
test('the newest answer is remembered', async () => {
  const [recent, server] = [make(), new Server()];
  const first = recent.get('here', new Cancellation(), server.ask);
  server.asked[0]?.answer('text');
  await first;
  assert.equal('text', await recent.get('here', new Cancellation(), server.ask));
  void recent.get('there', new Cancellation(), server.ask);
  void recent.get('here', new Cancellation(), server.ask);
  assert.equal(3, server.asked.length);
});

/** Nothing is no answer for good: the next one asks again. */
test('an empty answer is not remembered', async () => {
  const [recent, server] = [make(), new Server()];
  const first = recent.get('here', new Cancellation(), server.ask);
  server.asked[0]?.answer(null);
  await first;
  void recent.get('here', new Cancellation(), server.ask);
  assert.equal(2, server.asked.length);
});

/** The server is told to stop when the last of those who wait has gone, not before. */
test('the request is cancelled with its last asker', () => {
  const [recent, server] = [make(), new Server()];
  const [one, two] = [new Cancellation(), new Cancellation()];
  void recent.get('here', one, server.ask);
  void recent.get('here', two, server.ask);
  one.cancel();
  assert.equal(false, server.asked[0]?.token.isCancellationRequested);
  two.cancel();
  assert.equal(true, server.asked[0]?.token.isCancellationRequested);
});

/** Whoever comes after a cancelled request gets one of his own. */
test('a cancelled request is not joined', () => {
  const [recent, server] = [make(), new Server()];
  const gone = new Cancellation();
  void recent.get('here', gone, server.ask);
  gone.cancel();
  void recent.get('here', new Cancellation(), server.ask);
  assert.equal(2, server.asked.length);
});

/** A request that has failed is not remembered, and its failure reaches who asked. */
test('a failure is not remembered', async () => {
  const [recent, server] = [make(), new Server()];
  const failing = (): Promise<string> => Promise.reject(new Error('gone'));
  await assert.rejects(recent.get('here', new Cancellation(), failing), /gone/);
  void recent.get('here', new Cancellation(), server.ask);
  assert.equal(1, server.asked.length);
});
