// Element types of safetensors and the bits that one element takes.

import { Text } from './text';

/** 0 for a type that there is not. */
export function dtypeBits(dtype: Text): u64 {
  if (dtype.is('F32') || dtype.is('I32') || dtype.is('U32')) return 32;
  if (dtype.is('F16') || dtype.is('BF16') || dtype.is('I16') || dtype.is('U16')) return 16;
  if (dtype.is('BOOL') || dtype.is('U8') || dtype.is('I8') || isFloat8(dtype)) return 8;
  if (dtype.is('F64') || dtype.is('I64') || dtype.is('U64') || dtype.is('C64')) return 64;
  if (dtype.is('F6_E2M3') || dtype.is('F6_E3M2')) return 6;
  return dtype.is('F4') ? 4 : 0;
}

function isFloat8(dtype: Text): bool {
  return dtype.is('F8_E5M2') || dtype.is('F8_E4M3') || dtype.is('F8_E8M0')
    || dtype.is('F8_E4M3FNUZ') || dtype.is('F8_E5M2FNUZ');
}
