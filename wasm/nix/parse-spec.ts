// `parseSpec spec`: the plan of a spec (plan.ts): normalised, with its pin, store path and files. Paths are
// below /nix/store, or below the spec's `storeDir`.

import { SPEC_INVALID } from '../../build/generated/status';
import { newOutput } from '../output';
import { plan } from '../plan';
import { begin, problem } from '../problem';
import { literal } from '../text';
import { failNow } from './failure';
import { stringText } from './file';
import { ATTRIBUTES, getType } from './host';
import { makeValue, treeOf } from './make-value';
import { attributeOf, STORE_DIRECTORY, writeArgument } from './spec-json';

export function planSpec(argument: u32): u32 {
  if (getType(argument) != ATTRIBUTES) {
    begin();
    problem(SPEC_INVALID).message.put('parseSpec takes an attribute set');
    failNow(null);
  }
  const given = attributeOf(argument, STORE_DIRECTORY);
  const directory = given != 0 ? stringText(given) : literal('/nix/store');
  const spec = newOutput(1024);
  writeArgument(argument, spec);
  return makeValue(treeOf(plan(spec.ptr, spec.size, directory.ptr, directory.size), null));
}
