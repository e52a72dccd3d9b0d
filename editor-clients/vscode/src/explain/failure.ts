/** Why there is no explanation, as an error of the connection tells it. */

/** The model cannot, or must not, answer; the message says why. */
const REQUEST_FAILED = -32803;

/** Errors in three kinds: those that the server explains by itself, those of a server that is not there, and others. */
export type Cause =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'away' }
  | { readonly kind: 'fault'; readonly message: string };

/** Returns what an error means; `running` is whether there is a server now. */
export function causeOf(error: unknown, running: boolean): Cause {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' && message ? message : String(error);
  if (code === REQUEST_FAILED) {
    return { kind: 'refused', message: said };
  }
  return running ? { kind: 'fault', message: said } : { kind: 'away' };
}
