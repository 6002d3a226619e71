// Percent signs in the addresses of files.

import { newOutput } from './output';
import { isDigit, isLetter, Text } from './text';

/** The bytes behind the signs; what is no escape stays as it is. */
export function percentDecoded(text: Text): Text {
  const decoded = newOutput(text.size);
  for (let i: usize = 0; i < text.size; i++) {
    const isEscape = text.at(i) == 0x25 && i + 2 < text.size && isHex(text.at(i + 1)) && isHex(text.at(i + 2));
    decoded.byte(isEscape ? (hexValue(text.at(i + 1)) << 4) | hexValue(text.at(i + 2)) : text.at(i));
    if (isEscape) i += 2;
  }
  return decoded.asText();
}

function isHex(byte: u32): bool {
  return isDigit(byte) || (isLetter(byte) && (byte | 0x20) < 0x67);
}

function hexValue(byte: u32): u32 {
  return isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x57;
}
