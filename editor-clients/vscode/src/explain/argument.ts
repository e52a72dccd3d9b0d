/** What the server is asked to explain, and what that is called. */

/** A place in a document, counted from 0. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** Lines of a document, or parts of them. */
export interface Span {
  readonly start: Place;
  readonly end: Place;
}

/** The argument of `phi-ls.explain`, as a code action or this extension makes it. */
export interface ExplainArgument {
  readonly textDocument: { readonly uri: string };
  readonly range?: Span;
  readonly position?: Place;
  readonly diagnostic?: { readonly range: Span; readonly message: string };
}

/** What is explained: the file's name, its lines counted from 1, and the message of a diagnostic. */
export interface Subject {
  readonly file: string;
  readonly first: number;
  readonly last: number;
  readonly message: string;
}

/** Whether this is what `phi-ls.explain` takes; commands may be run with anything. */
export function isExplainArgument(value: unknown): value is ExplainArgument {
  const { textDocument, range, position, diagnostic } = (value ?? {}) as Partial<ExplainArgument>;
  return typeof textDocument?.uri === 'string' && [range, position, diagnostic].some((each) => each !== undefined);
}

/** Returns what an argument is about. */
export function subjectOf(argument: ExplainArgument): Subject {
  const span = argument.diagnostic?.range ?? argument.range;
  const start = span?.start ?? argument.position ?? { line: 0, character: 0 };
  const end = span?.end ?? start;
  // Whole lines are selected up to the beginning of the line behind them.
  const beyond = end.character === 0 && end.line > start.line ? 1 : 0;
  return {
    file: fileName(argument.textDocument.uri),
    first: start.line + 1,
    last: end.line + 1 - beyond,
    message: argument.diagnostic?.message ?? '',
  };
}

function fileName(uri: string): string {
  const last = uri.split(/[?#]/, 1)[0]?.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a percent sign that encodes nothing
  }
}
