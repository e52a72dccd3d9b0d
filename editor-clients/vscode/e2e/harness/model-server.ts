// A server with OpenAI's interface on the loopback, whose model always says the same.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model that takes questions, for tests of what the built-in one cannot do. */
export class ModelServer {
  /** What it was asked, each as it was sent. */
  readonly asked: string[] = [];
  private readonly server: Server;

  constructor(pieces: readonly string[]) {
    this.server = createServer((request, response) => {
      if (request.method === 'GET') {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ data: [{ id: 'phi-3-mini' }] }));
        return;
      }
      void body(request).then((sent) => {
        this.asked.push(sent);
        response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
        pieces.forEach((text) => response.write(event({ text })));
        response.end(`${event({ text: '', finish_reason: 'stop' })}data: [DONE]\n\n`);
      });
    });
  }

  /** Listens, and returns the address for the setting `openaiServer.url`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Ends, with all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

function event(choice: object): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += String(piece);
  }
  return text;
}
