/** The status in words and icons, without VS Code. */

import type { Status, StatusKind } from '../server/status';

/** What the status bar is to show. */
export interface Situation {
  readonly status: Status | undefined;
  readonly running: boolean;
  readonly paused: boolean;
  /** Whether suggestions are on in the document that is looked at. */
  readonly languageOn: boolean;
}

const ICONS: Partial<Record<StatusKind, string>> = {
  error: 'error',
  busy: 'loading~spin',
  warning: 'warning',
};

/** Returns the icon, by its name in VS Code: what is wrong goes before what is off. */
export function icon({ status, running, paused, languageOn }: Situation): string {
  if (!running) {
    return 'debug-disconnect';
  }
  const urgent = ICONS[status?.kind ?? 'busy'];
  if (urgent !== undefined) {
    return urgent;
  }
  if (paused) {
    return 'debug-pause';
  }
  return languageOn && status?.kind !== 'inactive' ? 'sparkle' : 'circle-slash';
}

/** Returns the item's text: where the model runs, and how long half of the suggestions take at most. */
export function text(situation: Situation): string {
  const { status, running } = situation;
  const parts = running && status ? [suggesting(status).device, milliseconds(status.p50Ms)] : [];
  const details = parts.filter((part) => part !== '').join(' · ');
  return `$(${icon(situation)}) phi-ls${details && ` ${details}`}`;
}

/** Returns who suggests while somebody types. */
export function suggesting(status: Status): { readonly model: string; readonly device: string } {
  return status.typing ?? status;
}

/** Returns whole milliseconds, empty while they are unknown. */
export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : `${Math.round(value)} ms`;
}

/** Returns whether the actual device is another than the settings ask for; `auto` asks for none. */
export function isOtherDevice(status: Status): boolean {
  const requested = status.requestedDevice.toLowerCase();
  return status.deviceReason !== '' && requested !== 'auto' && status.device.toLowerCase() !== requested;
}

/** Returns whether suggestions are on for a language, as the table of the setting `languages` says. */
export function isOn(languages: Readonly<Record<string, boolean>>, language: string): boolean {
  return languages[language] ?? languages['*'] ?? true;
}
