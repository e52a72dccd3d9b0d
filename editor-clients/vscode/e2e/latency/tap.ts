// Stands between VS Code and the server and notes how long each request for ghost text takes at the protocol.
// Arguments: the file that gets a JSON line for each answer, the server, and its arguments.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** What the file gets: milliseconds from request to answer, and whether there was something to show. */
export interface Answered {
  readonly ms: number;
  readonly suggested: boolean;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly result?: { readonly items?: readonly unknown[] } | readonly unknown[] | null;
}

const [file = '', server = '', ...rest] = process.argv.slice(2);
const asked = new Map<number | string, number>();
const child = spawn(server, rest, { stdio: ['pipe', 'pipe', 'inherit'] });

/** Calls `heard` with each message that goes through a stream; what is passed on is passed on first. */
function listen(stream: NodeJS.ReadableStream, pass: NodeJS.WritableStream, heard: (message: Message) => void): void {
  let held = Buffer.alloc(0);
  stream.on('data', (data: Buffer) => {
    pass.write(data);
    held = Buffer.concat([held, data]);
    for (;;) {
      const end = held.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(held.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || held.length < end + 4 + length) {
        return;
      }
      heard(JSON.parse(held.subarray(end + 4, end + 4 + length).toString()) as Message);
      held = held.subarray(end + 4 + length);
    }
  });
  stream.on('end', () => pass.end());
}

listen(process.stdin, child.stdin, ({ id, method }) => {
  if (id !== undefined && method === 'textDocument/inlineCompletion') {
    asked.set(id, performance.now());
  }
});
listen(child.stdout, process.stdout, ({ id, method, result }) => {
  const since = id !== undefined && method === undefined ? asked.get(id) : undefined;
  if (id !== undefined && since !== undefined) {
    asked.delete(id);
    const items = Array.isArray(result) ? result : ((result as { items?: unknown[] } | null | undefined)?.items ?? []);
    const answered: Answered = { ms: performance.now() - since, suggested: items.length > 0 };
    appendFileSync(file, `${JSON.stringify(answered)}\n`);
  }
});
child.on('exit', (code) => process.exit(code ?? 1));
process.on('SIGTERM', () => child.kill('SIGTERM'));
