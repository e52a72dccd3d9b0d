/** Choosing the device: those that the server's own examination of the machine calls usable. */

import * as vscode from 'vscode';
import { say } from '../say';
import { run } from '../server/process';
import type { Program } from '../server/program';

/** What `phi-ls doctor --json` says of one engine. */
interface Engine {
  readonly name: string;
  readonly devices: readonly { readonly name: string; readonly usable: boolean; readonly reason: string }[];
}

interface Entry extends vscode.QuickPickItem {
  readonly device: string;
}

/** Asks for a device and writes it into the user's settings; `engine` is the one that is in use, or empty. */
export async function selectDevice(program: Program, folder: string, engine: string): Promise<void> {
  const found = examine(program, folder).then((engines) => entries(engines, engine));
  const options = { title: say('Choose the device'), placeHolder: say('What this machine can run the model on') };
  const chosen = await vscode.window.showQuickPick(found, options);
  if (chosen !== undefined) {
    const settings = vscode.workspace.getConfiguration('phi-ls');
    await settings.update('device', chosen.device, vscode.ConfigurationTarget.Global);
  }
}

async function examine(program: Program, folder: string): Promise<Engine[]> {
  const { output } = await run(program.command, [...program.args, 'doctor', '--json'], { folder });
  const line = output.split('\n').find((each) => each.startsWith('{')) ?? '{"engines": []}';
  return (JSON.parse(line) as { engines: Engine[] }).engines;
}

function entries(engines: readonly Engine[], engine: string): Entry[] {
  const automatic: Entry = { device: 'auto', label: 'auto', description: say('the fastest that suits the model') };
  const asked = engines.filter(({ name }) => engine === '' || name === engine);
  const usable = asked.flatMap(({ name, devices }) =>
    devices
      .filter((device) => device.usable)
      .map((device) => ({ device: device.name, label: device.name, description: device.reason, detail: name })),
  );
  return [automatic, ...usable];
}
