/** Names of the server's options, in the section `phi-ls`. */

/** Paths and addresses, which the server takes from its user alone: sent once, at the start. */
export const USER_OPTIONS = ['modelPath', 'openaiServer.url'] as const;

/** All others: pulled by the server at the start, and whenever one of them changes. */
export const SERVER_OPTIONS = [
  'enable',
  'languages',
  'model',
  'engine',
  'device',
  'offerModel',
  'inlineCompletion.enable',
  'inlineCompletion.automatic',
  'inlineCompletion.model',
  'inlineCompletion.multiline',
  'inlineCompletion.minConfidence',
  'completion.enable',
  'hover.mode',
  'hover.deadlineMs',
  'language',
  'exclude',
  'cache.disk',
  'cache.maxMegabytes',
  'idleUnloadMinutes',
  'reduceOnBattery',
] as const;
