/** Values that somebody has set, as they come from the configuration of VS Code. */

/** What VS Code knows of a setting; the default is left out on purpose. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** Returns the value that is in force, of tables all entries; undefined if nobody has set one. */
export function setValue(inspected: Inspected | undefined): unknown {
  const values = [inspected?.globalValue, inspected?.workspaceValue, inspected?.workspaceFolderValue];
  return values.reduce((low, high) => (isTable(low) && isTable(high) ? { ...low, ...high } : (high ?? low)));
}

/** Returns the settings as objects in objects, `hover.mode` as `mode` in `hover`, without those that are not set. */
export function nested(settings: readonly (readonly [key: string, value: unknown])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of settings) {
    if (value !== undefined && value !== null) {
      put(result, key, value);
    }
  }
  return result;
}

function put(result: Record<string, unknown>, key: string, value: unknown): void {
  const [group, name] = key.split('.');
  if (group === undefined || name === undefined) {
    result[key] = value;
    return;
  }
  const existing = result[group];
  result[group] = { ...(isTable(existing) ? existing : {}), [name]: value };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
