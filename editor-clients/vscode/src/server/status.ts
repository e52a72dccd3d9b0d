/** The status object of the server, as `phi-ls/didChangeStatus` carries it. */

export type StatusKind = 'normal' | 'busy' | 'warning' | 'error' | 'inactive';

/** One process that holds a model; numbers are null while they are unknown. */
export interface WorkerStatus {
  readonly engine: string;
  readonly device: string;
  readonly model: string;
  readonly pid: number;
  readonly state: string;
  readonly residentBytes: number | null;
  readonly requests: number | null;
  readonly tokensPerS: number | null;
  readonly decodeMsPerToken: number | null;
  readonly prefillTokensPerS: number | null;
  readonly kvTokens: number | null;
  readonly kvBytes: number | null;
}

/** Who suggests while somebody types, where that is not who answers questions. */
export interface TypingModel {
  readonly model: string;
  readonly engine: string;
  readonly device: string;
  readonly reason: string;
}

/** What the server is doing, on what, and how fast. */
export interface Status {
  readonly kind: StatusKind;
  /** One sentence for the user, in the user's language. */
  readonly message: string;
  readonly model: string;
  readonly engine: string;
  readonly device: string;
  /** Whether `model` answers questions in the user's own words. */
  readonly takesQuestions?: boolean;
  /** Tokens that `model` takes, prompt and answer; null without a model. */
  readonly context?: number | null;
  readonly typing: TypingModel | null;
  readonly requestedDevice: string;
  readonly deviceReason: string;
  readonly queue: number;
  readonly promptTokens: number;
  readonly tokensReused: number;
  readonly suggestions: number;
  readonly suggestionHits: number;
  readonly suggestionsJoined: number;
  readonly prefetched: number;
  readonly prefetchHits: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly workers: readonly WorkerStatus[];
}
