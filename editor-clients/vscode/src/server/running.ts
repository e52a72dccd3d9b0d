/** The session with the server: started, restarted, stopped. */

import * as vscode from 'vscode';
import {
  type LanguageClient,
  type Middleware,
  type ProgressToken,
  State,
  WorkDoneProgressCancelNotification,
} from 'vscode-languageclient/node';
import { say } from '../say';
import { makeClient } from './client';
import { install, report, restart, showLog } from './failure';
import type { Program } from './program';
import { send } from './sending';
import type { ExecuteOptions, Session } from './session';
import type { Status } from './status';
import { Supervision } from './supervision';
import { isRecentEnough, OLDEST_SERVER } from './version';

/** Looks for the server; what is wrong, and what can be done about it, it says by itself. */
export type Find = () => Promise<Program | undefined>;

/** One server at a time. */
export class ServerSession implements Session, vscode.Disposable {
  private client: LanguageClient | undefined;
  private found: Program | undefined;
  private turn: Promise<void> = Promise.resolve();
  private current: Status | undefined;
  private readonly changes = new vscode.EventEmitter<Status | undefined>();
  readonly onDidChangeStatus = this.changes.event;

  constructor(
    readonly log: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
    private readonly find: Find,
    private readonly folder: string,
  ) {}

  get running(): boolean {
    return this.client?.isRunning() ?? false;
  }

  get status(): Status | undefined {
    return this.current;
  }

  /** The program that was found at the last start. */
  get program(): Program | undefined {
    return this.found;
  }

  /** Stops the server, if one runs, and starts what is found now. Calls in quick succession are done in turn. */
  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.renew());
    return this.turn;
  }

  /** Ends the session; the server is stopped when the promise is fulfilled. */
  async dispose(): Promise<void> {
    await this.turn;
    await this.stop();
    this.changes.dispose();
  }

  async execute<T>(command: string, argument: object, options: ExecuteOptions = {}): Promise<T> {
    await this.turn;
    if (!this.client?.isRunning()) {
      throw new Error(say('The phi-ls server is not running.'));
    }
    return send(this.client, command, argument, options);
  }

  /** Asks the server to end the work that a progress is shown for. */
  cancelProgress(token: ProgressToken): void {
    void this.client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  }

  private async renew(): Promise<void> {
    try {
      await this.stop();
      await this.start();
    } catch (error) {
      // Whoever comes next in the turn is not to fail of it.
      this.log.error(String(error));
    }
  }

  private async start(): Promise<void> {
    const program = await this.find();
    this.found = program;
    if (program === undefined) {
      return;
    }
    this.log.info(`starting ${[program.command, ...program.args].join(' ')} (${program.origin})`);
    const supervision: Supervision = new Supervision(() => client.state);
    const { log, middleware, folder } = this;
    const client: LanguageClient = makeClient(program, { log, middleware, folder, errorHandler: supervision });
    this.client = client;
    this.watch(client);
    supervision.awaited = true;
    try {
      await client.start();
    } catch (error) {
      this.log.error(String(error));
      void report(say('{0} could not be started as the phi-ls server.', program.command), restart(), showLog());
      return;
    } finally {
      supervision.awaited = false;
    }
    await this.checkVersion(client, program);
  }

  private watch(client: LanguageClient): void {
    client.onNotification('phi-ls/didChangeStatus', (status: Status) => this.set(status));
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) {
        this.set(undefined);
      }
    });
  }

  private async checkVersion(client: LanguageClient, program: Program): Promise<void> {
    const version = client.initializeResult?.serverInfo?.version ?? '?';
    if (isRecentEnough(version)) {
      // It tells each change from now on; without a model to load there may be none.
      this.set(await send<Status>(client, 'phi-ls.status', {}));
      return;
    }
    await this.stop();
    const message = say(
      '{0} is phi-ls {1}, too old for this extension, which needs {2} or newer.',
      program.command,
      version,
      OLDEST_SERVER,
    );
    void report(message, install(), showLog());
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      if (client?.state === State.Starting) {
        // A client that starts again after a crash can only be stopped when it has done so; this waits for it.
        await client.start();
      }
      // A server that does not end within two seconds is killed by the library.
      await client?.dispose();
    } catch (error) {
      this.log.warn(`stopping the server: ${String(error)}`);
    }
    this.set(undefined);
  }

  private set(status: Status | undefined): void {
    this.current = status;
    this.changes.fire(status);
  }
}
