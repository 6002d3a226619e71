// What is known about TensorFlow's operators: the lists tf-ops*.txt, compiled in.

import { TF_OPS, TF_OPS_OFFSETS, TF_OPS_ROWS } from '../../build/generated/tf-ops';
import { findName } from '../name-table';

/** Computes, or reads and writes what every honest SavedModel reads and writes. */
export const ALLOWED_OP: u32 = 1;
export const SUSPICIOUS_OP: u32 = 2;
export const DANGEROUS_OP: u32 = 3;

/** One of the above; 0 for an operator that TensorFlow does not have. */
export function tierOfOp(name: usize, size: usize): u32 {
  const row = findName(TF_OPS, TF_OPS_OFFSETS, TF_OPS_ROWS, name, size);
  return row != 0 ? load<u8>(row, 1) : hasAllowedPrefix(name, size) ? ALLOWED_OP : 0;
}

/** Libraries of TensorFlow's own project put their operators into spaces of names. */
function hasAllowedPrefix(name: usize, size: usize): bool {
  return startsWith(name, size, 'TFText>') || startsWith(name, size, 'Addons>');
}

function startsWith(name: usize, size: usize, prefix: string): bool {
  const length = <usize>prefix.length;
  if (size < length) return false;
  for (let i: usize = 0; i < length; i++) {
    if (load<u8>(name + i) != load<u16>(changetype<usize>(prefix) + (i << 1))) return false;
  }
  return true;
}
