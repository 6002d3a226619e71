// `scanModel path`: the scanner, over a file in memory. Nothing can be unpacked here: what is compressed is
// reported as unscannable.

import { scanopen } from '../scan/session';
import { contentSize, nameOf, openFile } from './file';
import { runMachine } from './machine';
import { makeValue, treeOf } from './make-value';

export function scanModel(argument: u32): u32 {
  openFile(argument, 'scanModel');
  const name = nameOf(argument);
  scanopen(name.ptr, name.size, contentSize);
  return makeValue(treeOf(runMachine(), null));
}
