// A page of Chromium that notes every address it asks for.
import { type Browser, chromium, type Page, type Request } from 'playwright-core';

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and what it asked for. */
export interface Opened {
  readonly browser: Browser;
  readonly page: Page;
  /** Every address that was asked for, by the page and what is embedded in it, but for those that VS Code's own worker
   * in the browser answers: the files of an extension's views are read from the disk that way. */
  readonly asked: () => string[];
}

/** Starts Chromium with an empty page. */
export async function openPage(size: { width: number; height: number }): Promise<Opened> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
  const context = await browser.newContext({ viewport: size, locale: 'en-US' });
  context.setDefaultTimeout(60_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const requests = new Set<Request>();
  const sockets: string[] = [];
  context.on('request', (request) => requests.add(request));
  context.on('response', (response) => response.fromServiceWorker() && requests.delete(response.request()));
  const page = await context.newPage();
  page.on('websocket', (socket) => sockets.push(socket.url()));
  return { browser, page, asked: () => [...requests].map((request) => request.url()).concat(sockets) };
}

/** Returns whether an address is on this machine, or is no place at all. */
export function isHere(address: string): boolean {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'blob:') {
    return isHere(origin);
  }
  return protocol === 'data:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
