// Which JSON files loaders read: transformers, diffusers, PEFT, sentence-transformers, ModelScope. Only they are
// parsed; a vocabulary of 20 MB or a list of shards decides nothing.

import { Text } from '../text';
import { hasWord, lower } from './words';

/** Without `.json`, besides `config` and `<anything>_config`. */
const NAMES = ' model_index modules chat_template configuration ';

/** A member's name, or a path. */
export function isConfigName(ptr: usize, size: usize): bool {
  const base = baseName(ptr, size), length = ptr + size - base;
  if (length < 6 || !endsWith(base, length, '.json')) return false;
  // `config.4.41.0.json` is the same for a release of transformers.
  let stem: usize = 0;
  while (load<u8>(base + stem) != 0x2e) stem++;
  if (stem + 5 < length && load<u8>(base + stem + 1) - 0x30 > 9) return false;
  return hasWord(NAMES, base, stem) || endsWith(base, stem, '_config') || (stem == 6 && endsWith(base, stem, 'config'));
}

export function isModelIndex(name: Text): bool {
  return isNamed(name, 'model_index.json');
}

export function isModuleList(name: Text): bool {
  return isNamed(name, 'modules.json');
}

/** Beside a SavedModel: keras-metadata.ts. */
export function isKerasMetadata(ptr: usize, size: usize): bool {
  const base = baseName(ptr, size), length = ptr + size - base;
  return length == 17 && endsWith(base, length, 'keras_metadata.pb');
}

function isNamed(path: Text, name: string): bool {
  const base = baseName(path.ptr, path.size), length = path.ptr + path.size - base;
  return length == <usize>name.length && endsWith(base, length, name);
}

/** Behind the last slash, or behind the archive that a member lies in. */
function baseName(ptr: usize, size: usize): usize {
  let at = ptr + size;
  while (at > ptr && load<u8>(at - 1) != 0x2f && load<u8>(at - 1) != 0x21) at--;
  return at;
}

function endsWith(ptr: usize, size: usize, end: string): bool {
  const length = <usize>end.length;
  if (size < length) return false;
  for (let i: usize = 0; i < length; i++) {
    if (lower(load<u8>(ptr + size - length + i)) != <u32>end.charCodeAt(<i32>i)) return false;
  }
  return true;
}
