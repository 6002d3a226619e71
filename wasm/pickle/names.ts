// What is known about a name: the tables of wasm/pickle/names, compiled in (pickle-names.ts).

import { KNOWN, KNOWN_OFFSETS, KNOWN_ROWS, RENAMED, RENAMED_OFFSETS, RENAMED_ROWS } from '../../build/generated/pickle-names';
import { findName } from '../name-table';

/** Room for a key: a module, a line feed, a name. No known name is longer. */
const KEY_BYTES: usize = 256;
const key: usize = memory.data(256);

/** The flags of exactly this name, or of `*` of its module or a package around it; 0 for an unknown one. */
export function flagsOf(module: usize, moduleSize: usize, name: usize, nameSize: usize): u32 {
  let found = lookUp(module, moduleSize, name, nameSize);
  for (let size = moduleSize; found == 0 && size > 0; size--) {
    if (size < moduleSize && load<u8>(module + size) != 0x2e) continue;
    found = lookUp(module, size, ANY_NAME, 1);
  }
  return found == 0 ? 0 : load<u16>(found + 1);
}

const ANY_NAME: usize = memory.data<u8>([0x2a]);

/** The address of a row's value (its size first), or 0. */
function lookUp(module: usize, moduleSize: usize, name: usize, nameSize: usize): usize {
  const size = moduleSize + 1 + nameSize;
  if (size > KEY_BYTES) return 0;
  memory.copy(key, module, moduleSize);
  store<u8>(key + moduleSize, 0x0a);
  memory.copy(key + moduleSize + 1, name, nameSize);
  return findName(KNOWN, KNOWN_OFFSETS, KNOWN_ROWS, key, size);
}

/** Where Python 3 looks for a Python 2 name: set by `rename`. */
export let newModule: usize = 0;
export let newModuleSize: usize = 0;
export let newName: usize = 0;
export let newNameSize: usize = 0;

/** Whether a stream below protocol 3 means another name than it says. */
export function rename(module: usize, moduleSize: usize, name: usize, nameSize: usize): bool {
  newName = name;
  newNameSize = nameSize;
  let row = renamed(module, moduleSize, name, nameSize);
  if (row != 0) {
    const size = <usize>load<u8>(row);
    newModule = row + 1;
    newModuleSize = 0;
    while (load<u8>(newModule + newModuleSize) != 0x0a) newModuleSize++;
    newName = newModule + newModuleSize + 1;
    newNameSize = size - newModuleSize - 1;
    return true;
  }
  row = renamed(module, moduleSize, name, 0);
  newModule = row + 1;
  newModuleSize = row == 0 ? 0 : <usize>load<u8>(row);
  return row != 0;
}

function renamed(module: usize, moduleSize: usize, name: usize, nameSize: usize): usize {
  const size = moduleSize + 1 + nameSize;
  if (size > KEY_BYTES) return 0;
  memory.copy(key, module, moduleSize);
  store<u8>(key + moduleSize, 0x0a);
  memory.copy(key + moduleSize + 1, name, nameSize);
  return findName(RENAMED, RENAMED_OFFSETS, RENAMED_ROWS, key, size);
}
