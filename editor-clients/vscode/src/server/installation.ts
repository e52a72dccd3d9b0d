/** Installing the server: shown before it is done, and only on the user's word. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { say } from '../say';
import { type Discovery, environmentFolder, PATH_SETTING } from './discovery';
import { install as installRemedy, report, showLog } from './failure';
import { run } from './process';
import { type Recipe, recipes, shown, type Tools } from './recipes';
import { findProgram, type Places } from './search';

/** What Python must be for an environment of its own: recent enough, and with what makes environments. */
const CAN_MAKE = 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 14))';

interface Way extends vscode.QuickPickItem {
  /** None: the user names a program. */
  readonly recipe?: Recipe;
}

/** Says that there is no server, and what to do about it. */
export async function offer(): Promise<void> {
  const message = say('phi-ls needs its server, a program in Python that runs on this machine, and did not find it.');
  const remedy = installRemedy();
  const chosen = await vscode.window.showInformationMessage(message, remedy);
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

/** Asks how to install, and does it; returns whether a server is to be started that the settings do not name. */
export async function install(
  context: vscode.ExtensionContext,
  discovery: Discovery,
  log: vscode.LogOutputChannel,
): Promise<boolean> {
  const way = await ask(await open(context, discovery.places));
  if (way === undefined) {
    return false;
  }
  if (way.recipe === undefined) {
    return chooseProgram();
  }
  return (await confirm(way.recipe)) && perform(way.recipe, context.extensionPath, log);
}

async function open(context: vscode.ExtensionContext, places: Places): Promise<Recipe[]> {
  const folder = join(context.extensionPath, 'dist', 'server');
  const wheel = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.whl'));
  const tools = await toolsOf(places, context.extensionPath);
  return wheel === undefined ? [] : recipes(tools, join(folder, wheel), environmentFolder(context));
}

async function toolsOf(places: Places, folder: string): Promise<Tools> {
  const [uv, pipx, python] = await Promise.all([
    findProgram('uv', places),
    findProgram('pipx', places),
    usablePython(places, folder),
  ]);
  return { uv, pipx, python };
}

async function usablePython(places: Places, folder: string): Promise<string | undefined> {
  for (const name of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const python = await findProgram(name, places);
    if (python && (await run(python, ['-c', CAN_MAKE], { folder, signal: AbortSignal.timeout(10_000) })).code === 0) {
      return python;
    }
  }
  return undefined;
}

async function ask(ways: readonly Recipe[]): Promise<Way | undefined> {
  const labels = {
    uv: say('Install with uv'),
    pipx: say('Install with pipx'),
    venv: say('Install into a folder of this extension'),
  };
  const items: Way[] = ways.map((recipe) => ({
    label: labels[recipe.tool],
    description: recipe.steps[0][0],
    recipe,
  }));
  items.push({ label: say('Choose a program that is installed already…'), description: PATH_SETTING });
  const title = say('Install the phi-ls server');
  const known = say('You see what will be run, and are asked, before anything is done');
  const none = say('Neither uv, nor pipx, nor a Python from 3.10 to 3.13 was found. Install one, then try again.');
  return vscode.window.showQuickPick(items, { title, placeHolder: ways.length > 0 ? known : none });
}

async function confirm({ steps }: Recipe): Promise<boolean> {
  const yes = say('Install');
  const message = say(
    'This is run to install the phi-ls server, with packages from the Python package index. It takes about 400 MB.',
  );
  const detail = steps.map(shown).join('\n\n');
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, yes)) === yes;
}

async function chooseProgram(): Promise<boolean> {
  const files = await vscode.window.showOpenDialog({ openLabel: say('Use as the phi-ls server') });
  if (files?.[0] === undefined) {
    return false;
  }
  const settings = vscode.workspace.getConfiguration('phi-ls');
  await settings.update('server.path', files[0].fsPath, vscode.ConfigurationTarget.Global);
  // The change of the setting starts it.
  return false;
}

/** A program that the settings name would go before what has been installed; returns whether there was one. */
async function forgetNamed(): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration('phi-ls');
  const named = settings.get<string>('server.path', '') !== '';
  if (named) {
    await settings.update('server.path', undefined, vscode.ConfigurationTarget.Global);
  }
  return named;
}

function perform(recipe: Recipe, folder: string, log: vscode.LogOutputChannel): Thenable<boolean> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, cancellable: true, title: say('Installing the phi-ls server') };
  return vscode.window.withProgress(options, async (progress, cancellation) => {
    const abort = new AbortController();
    cancellation.onCancellationRequested(() => abort.abort());
    const onLine = (line: string): void => {
      log.info(line);
      progress.report({ message: line.slice(0, 100) });
    };
    for (const step of recipe.steps) {
      onLine(shown(step));
      const [command, ...args] = step;
      const { code } = await run(command, args, { folder, signal: abort.signal, onLine });
      if (abort.signal.aborted) {
        return false;
      }
      if (code !== 0) {
        void report(say('The phi-ls server could not be installed. The log says why.'), showLog());
        return false;
      }
    }
    return !(await forgetNamed());
  });
}
