// What is known about a name in a Keras configuration: the lists of keras-names.txt, compiled in, and the
// modules that Keras and its sister libraries live in.

import { KERAS, KERAS_OFFSETS, KERAS_ROWS } from '../../build/generated/keras-names';
import { findName } from '../name-table';
import { Text } from '../text';

/** Bits of the kinds that a name is listed under; 0 for an unknown one. */
export function kindsOf(name: Text): u32 {
  const row = findName(KERAS, KERAS_OFFSETS, KERAS_ROWS, name.ptr, name.size);
  return row == 0 ? 0 : load<u8>(row + 1);
}

export const NO_MODULE: u32 = 0;
/** Keras itself, under one of the names that it has had. */
export const KERAS_MODULE: u32 = 1;
/** Written by Keras' own team, and only names layers and models made of Keras. */
export const LIBRARY_MODULE: u32 = 2;
/** What Keras writes for its own functions, and what holds `eval` as well. */
export const BUILTINS: u32 = 3;
export const TENSORFLOW: u32 = 4;
export const FOREIGN_MODULE: u32 = 5;

export function moduleKind(module: Text | null): u32 {
  if (module === null || module.size == 0) return NO_MODULE;
  if (module.is('builtins')) return BUILTINS;
  const tensorflow = isUnder(module, 'tensorflow');
  if (isUnder(module, 'keras') || isUnder(module, 'tf_keras') || isUnder(module, 'keras_core')) return KERAS_MODULE;
  if (tensorflow) return isUnder(module, 'tensorflow.keras') || isUnder(module, 'tensorflow.python.keras') ? KERAS_MODULE : TENSORFLOW;
  return isUnder(module, 'keras_hub') || isUnder(module, 'keras_nlp') || isUnder(module, 'keras_cv') ? LIBRARY_MODULE : FOREIGN_MODULE;
}

/** The package itself or a module in it: `keras.layers` is under `keras`, `keras_evil` is not. */
function isUnder(module: Text, packageName: string): bool {
  const size = <usize>packageName.length;
  return module.startsWith(packageName) && (module.size == size || module.at(size) == 0x2e);
}
