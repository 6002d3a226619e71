// Whether a file that an ONNX model names lies beside it, for loaders of every system.

import { decodeRune, runeBytes } from '../utf8';
import { isHostilePath } from './path';

/** Relative, in the model's directory or below it, of characters that mean nothing else anywhere. */
export function isExternalPath(ptr: usize, size: usize): bool {
  if (isHostilePath(ptr, size)) return false;
  // onnxruntime writes an address of its own memory as `*/_ORT_MEM_ADDR_/*`.
  if (load<u8>(ptr) == 0x2a) return false;
  for (let i: usize = 0; i < size;) {
    const rune = decodeRune(ptr + i, ptr + size);
    if (rune < 0x20 || rune == 0x7f || rune == 0x5c || rune >= 0x110000) return false;
    if (rune == 0x3a && i + 2 < size && load<u8>(ptr + i, 1) == 0x2f && load<u8>(ptr + i, 2) == 0x2f) return false;
    i += runeBytes;
  }
  return true;
}
