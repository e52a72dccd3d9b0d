/** The status in sentences: the tooltip of the status bar and the metrics. */

import { say } from '../say';
import type { Status, WorkerStatus } from '../server/status';
import { milliseconds } from './text';

/** One thing that there is to know, and the command that leads further. */
export interface Fact {
  readonly text: string;
  readonly command: string;
}

/** Returns what there is to know of who answers, beside the message. */
export function facts(status: Status): Fact[] {
  const { model, device, requestedDevice, deviceReason, typing } = status;
  return [
    { text: model && say('Model: {0}', model), command: 'phi.selectModel' },
    { text: device && say('Device: {0} (asked for: {1})', device, requestedDevice), command: 'phi.selectDevice' },
    { text: deviceReason, command: 'phi.selectDevice' },
    {
      text: typing ? say('While you type: {0} on {1}: {2}', typing.model, typing.device, typing.reason) : '',
      command: 'phi.selectModel',
    },
    { text: latency(status), command: 'phi.showMetrics' },
  ].filter(({ text }) => text !== '');
}

/** Returns the message and what there is to know, one line each. */
export function details(status: Status): string[] {
  return [status.message, ...facts(status).map(({ text }) => text)];
}

/** Returns how long suggestions take; empty before the first. */
function latency({ p50Ms, p95Ms }: Status): string {
  if (p50Ms === null) {
    return '';
  }
  return say('Suggestions: half within {0}, 95 of 100 within {1}', milliseconds(p50Ms), milliseconds(p95Ms));
}

/** Returns the counts since the server was started, one line each. */
export function metrics(status: Status): string[] {
  const { suggestions, suggestionHits, suggestionsJoined, prefetched, prefetchHits } = status;
  return [
    say('Suggestions shown: {0}; without asking the model: {1}', suggestions, suggestionHits),
    say('Suggestions taken from what was being written for an earlier key: {0}', suggestionsJoined),
    say('Begun before they were asked for: {0}; of them used: {1}', prefetched, prefetchHits),
    say('Tokens in prompts: {0}; of them remembered: {1}', status.promptTokens, status.tokensReused),
    say('Requests that wait: {0}', status.queue),
    ...status.workers.map(worker),
  ];
}

function worker(each: WorkerStatus): string {
  const memory = each.residentBytes === null ? '?' : `${Math.round(each.residentBytes / 1e6)} MB`;
  const speed = each.tokensPerS === null ? '?' : each.tokensPerS.toFixed(1);
  return say(
    '{0} on {1} ({2}): {3} of memory, {4} tokens per second',
    each.model,
    each.device,
    each.engine,
    memory,
    speed,
  );
}
