/** The program that is the server, and where it was found. */

export interface Program {
  /** An absolute path: a bare name could be resolved to a file of the workspace. */
  readonly command: string;
  readonly args: readonly string[];
  readonly origin: 'setting' | 'environment' | 'path';
}
