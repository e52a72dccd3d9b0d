/** What the user has set, for the server; the manifest's defaults are left out, as they would overrule config.toml. */

import * as vscode from 'vscode';
import type { ConfigurationParams } from 'vscode-languageclient';
import { type Inspected, nested, setValue } from './explicit';
import { SERVER_OPTIONS, USER_OPTIONS } from './options';

/** Returns the options that only the user may set, for `initializationOptions`. */
export function userOptions(): object {
  // Empty is how the settings say that there is none.
  return nested(USER_OPTIONS.map((key) => [key, inspect(key)?.globalValue || undefined]));
}

/** Answers `workspace/configuration`. */
export function configuration(params: ConfigurationParams): object[] {
  return params.items.map((item) => (item.section === 'phi-ls' ? setOptions() : {}));
}

function setOptions(): object {
  return nested(SERVER_OPTIONS.map((key) => [key, setValue(inspect(key))]));
}

function inspect(key: string): Inspected | undefined {
  return vscode.workspace.getConfiguration('phi-ls').inspect(key);
}
