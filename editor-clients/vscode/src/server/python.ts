/** The Python environment that the user has selected, by the Python extensions of Microsoft, if they are there. */

import * as vscode from 'vscode';

/** Of the extension `ms-python.vscode-python-envs`. */
interface Environments {
  getEnvironment?(scope: vscode.Uri | undefined): Promise<Environment | undefined>;
}

interface Environment {
  readonly execInfo?: { readonly run?: { readonly executable?: string } };
}

/** Of the extension `ms-python.python`. */
interface Python {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: object): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** How long the other extension may take; a first start of it looks through the whole machine. */
const PATIENCE_MS = 5_000;

/** Returns the interpreter's path; undefined without such an extension, or when it does not answer in time. */
export async function selectedInterpreter(log: vscode.LogOutputChannel): Promise<string | undefined> {
  const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
  for (const ask of [fromEnvironments, fromPython]) {
    try {
      const interpreter = await inTime(ask(resource));
      if (interpreter !== undefined) {
        return interpreter;
      }
    } catch (error) {
      log.warn(`the selected Python environment is not known: ${String(error)}`);
    }
  }
  return undefined;
}

async function fromEnvironments(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const api = await apiOf<Environments>('ms-python.vscode-python-envs');
  return (await api?.getEnvironment?.(resource))?.execInfo?.run?.executable;
}

async function fromPython(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await apiOf<Python>('ms-python.python'))?.environments;
  if (environments === undefined) {
    return undefined;
  }
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
  return environment?.executable.uri?.fsPath;
}

async function apiOf<T>(id: string): Promise<T | undefined> {
  const extension = vscode.extensions.getExtension<T>(id);
  return extension && (extension.isActive ? extension.exports : await extension.activate());
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
