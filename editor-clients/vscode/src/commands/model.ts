/** Choosing the model that answers; one that is not installed is fetched, which the server asks about. */

import * as vscode from 'vscode';
import { say } from '../say';
import type { Session } from '../server/session';

/** A model as the server lists it. */
interface Model {
  readonly id: string;
  readonly engine: string;
  readonly precision: string;
  readonly license: string;
  readonly size_bytes: number;
  readonly installed: boolean;
  readonly suits: readonly string[];
}

interface Models {
  /** The setting `model`. */
  readonly selected: string;
  /** The id of the model that is being fetched, or empty. */
  readonly fetching: string;
  readonly models: readonly Model[];
}

interface Entry extends vscode.QuickPickItem {
  readonly id?: string;
}

const COMMAND = 'phi-ls.selectModel';

/** Lists the models with size and licence, and has the chosen one answer. */
export async function selectModel(session: Session): Promise<void> {
  const known = await session.execute<Models>(COMMAND, {});
  const chosen = await vscode.window.showQuickPick(entries(known), {
    title: say('Choose the model'),
    placeHolder: say('A model that is not installed is fetched after you have been asked once more'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen?.id === undefined) {
    return;
  }
  await releaseSetting(chosen.id);
  await session.execute(COMMAND, { model: chosen.id });
}

/** A model named in the settings of VS Code would go before the chosen one: there it is named as well. */
async function releaseSetting(id: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('phi-ls');
  if (settings.inspect('model')?.globalValue !== undefined) {
    await settings.update('model', id, vscode.ConfigurationTarget.Global);
  }
}

function entries({ models, selected, fetching }: Models): Entry[] {
  const automatic: Entry = { id: 'auto', label: label('auto', selected), description: say('the built-in model') };
  const describe = (model: Model): Entry => ({
    id: model.id,
    label: label(model.id, selected),
    description: describeState(model, fetching),
    detail: say(
      '{0}, {1}, licence {2}; for {3}',
      size(model.size_bytes),
      model.precision,
      model.license,
      devices(model),
    ),
  });
  const installed = models.filter((model) => model.installed);
  const others = models.filter((model) => !model.installed);
  return [
    automatic,
    ...group(say('Installed'), installed.map(describe)),
    ...group(say('To be fetched'), others.map(describe)),
  ];
}

function group(title: string, entries: Entry[]): Entry[] {
  return entries.length > 0 ? [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...entries] : [];
}

function label(id: string, selected: string): string {
  return id === selected ? `$(check) ${id}` : id;
}

function describeState(model: Model, fetching: string): string {
  return model.id === fetching ? say('{0}, being fetched', model.engine) : model.engine;
}

function devices({ suits }: Model): string {
  return suits.length > 0 ? suits.join(', ') : 'CPU';
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
