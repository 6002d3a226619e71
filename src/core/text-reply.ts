// Replies of the core that are text or JSON. The typed wrappers beside it call these.

import { type CoreArgument, coreInstance } from './instance.ts';

const decoder = new TextDecoder();

export function textOf(name: string, ...values: readonly CoreArgument[]): string {
  return decoder.decode(coreInstance().call(name, ...values));
}

/** The caller knows what the export writes. */
export function jsonOf(name: string, ...values: readonly CoreArgument[]): unknown {
  return JSON.parse(textOf(name, ...values));
}
