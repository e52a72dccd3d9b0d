// A VS Code of its own for a test: started on a free port of the loopback, ended with all it has started.
import { type ChildProcess, execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.ts';
import { machine } from './places.ts';

const NODE = join(machine, 'node/node_modules/.bin/node');
const CODE_SERVER = join(machine, 'node_modules/code-server/out/node/entry.js');
const LISTENS = /listening on (http:\/\/127\.0\.0\.1:\d+)/;

/** What a VS Code is started with. */
export interface Start {
  /** A folder for everything it writes. */
  readonly folder: string;
  readonly extensions: readonly string[];
  readonly settings: object;
  readonly keybindings: readonly object[];
  readonly environment: Record<string, string>;
  readonly arguments: readonly string[];
}

/** A VS Code that runs. */
export class CodeServer {
  private readonly child: ChildProcess;
  private readonly trace: string;
  private output = '';

  private constructor(child: ChildProcess, trace: string) {
    this.child = child;
    this.trace = trace;
    child.stdout?.on('data', (data: Buffer) => (this.output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.output += data.toString()));
  }

  /** Installs the extensions, starts, and waits until it listens. */
  static async start(start: Start): Promise<CodeServer> {
    const user = join(start.folder, 'user-data');
    mkdirSync(join(user, 'User'), { recursive: true });
    writeFileSync(join(user, 'User/settings.json'), JSON.stringify(start.settings));
    writeFileSync(join(user, 'User/keybindings.json'), JSON.stringify(start.keybindings));
    const config = join(start.folder, 'config.yaml');
    writeFileSync(config, 'bind-addr: 127.0.0.1:0\nauth: none\ncert: false\n');
    const common = [CODE_SERVER, '--config', config, '--user-data-dir', user];
    common.push('--extensions-dir', join(start.folder, 'extensions'));
    // The gallery of extensions is on another machine.
    const env = { ...process.env, ...start.environment, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
    for (const extension of start.extensions) {
      execFileSync(NODE, [...common, '--install-extension', extension], { env, stdio: 'pipe' });
    }
    const quiet = ['--disable-telemetry', '--disable-update-check', '--ignore-last-opened'];
    const connects = join(user, 'connects');
    const trace = ['-f', '--seccomp-bpf', '-qq', '-e', 'trace=connect', '-e', 'signal=none', '-o', connects];
    const command = [...trace, NODE, ...common, ...quiet, ...start.arguments];
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    const child = spawn('strace', command, { env, cwd: start.folder, detached: true, stdio });
    const started = new CodeServer(child, connects);
    await until(() => started.address !== undefined || child.exitCode !== null, 'VS Code listens');
    return started;
  }

  /** Where it listens. */
  get address(): string | undefined {
    return LISTENS.exec(this.output)?.[1];
  }

  /** The connections that it, or a process it has started, tried to make to anywhere but this machine. */
  strangers(): string[] {
    const calls = readFileSync(this.trace, 'utf8').split('\n');
    return calls.filter((call) => call.includes('AF_INET') && !/"127\.|"::1"|"::ffff:127\./.test(call));
  }

  /** Has it end, and all that it has started in the ordinary way. */
  end(): void {
    if (this.child.pid !== undefined && this.child.exitCode === null) {
      process.kill(-this.child.pid, 'SIGTERM');
    }
  }
}
