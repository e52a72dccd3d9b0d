// Commands by keys of the tests' own: titles differ from language to language, and menus move.

const COMMANDS = [
  'phi.showMenu',
  'phi.explainSelection',
  'phi.documentSymbol',
  'phi.acceptEdit',
  'phi.discardEdit',
  'phi.whyNoSuggestion',
  'phi.showMetrics',
  'phi.selectModel',
  'phi.openSettings',
  'phi.pause',
  'phi.resume',
  'editor.action.inlineSuggest.trigger',
  'editor.action.inlineSuggest.acceptNextLine',
  'editor.action.showHover',
  'editor.action.quickFix',
  'workbench.action.files.save',
  'workbench.action.gotoLine',
  'workbench.action.openWalkthrough',
] as const;

/** A command that has a key. */
export type Command = (typeof COMMANDS)[number];

/** What a command is given, where it needs something. */
const ARGUMENTS: Partial<Record<Command, unknown>> = { 'workbench.action.openWalkthrough': 'phi-ls.phi-ls#start' };

/** What the file `keybindings.json` of the user holds. */
export const KEYBINDINGS = COMMANDS.map((command, index) => ({
  key: `ctrl+alt+shift+${letter(index)}`,
  command,
  args: ARGUMENTS[command],
}));

/** Returns the keys of a command as the browser's driver names them. */
export function keysOf(command: Command): string {
  return `Control+Alt+Shift+${letter(COMMANDS.indexOf(command)).toUpperCase()}`;
}

function letter(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}
