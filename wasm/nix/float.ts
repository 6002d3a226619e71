// A number with a fraction or an exponent, from the core's own writer (gguf/number.ts). Multiplying out its
// digits gives a number some units in the last place away; the one that is written as the text is right.
// (AssemblyScript's F64.parseFloat takes its own strings only, and is far off between 1e38 and 1e53.)

import { mark, release } from '../abi';
import { writeFloat } from '../gguf/number';
import { newOutput } from '../output';
import { isDigit, sameBytes, Text } from '../text';

/** Digits that fit 64 bits; a number has at most 17 that count. */
const MAX_DIGITS = 19;
/** Nine products and quotients, each right to half a unit. */
const MOST_AWAY: i64 = 16;

let digits: u64 = 0;
let exponent = 0;

export function floatOf(text: Text): f64 {
  const isNegative = text.at(0) == 0x2d;
  const unsigned = text.part(isNegative ? 1 : 0, text.size);
  readDecimal(unsigned);
  const near = scaled(<f64>digits, exponent);
  const exact = nearestWritten(near, unsigned);
  return isNegative ? -exact : exact;
}

/** `digits` times ten to the power of `exponent`. */
function readDecimal(text: Text): void {
  digits = 0;
  exponent = 0;
  let count = 0, isFraction = false;
  for (let i: usize = 0; i < text.size; i++) {
    const byte = text.at(i);
    if ((byte | 0x20) == 0x65) {
      exponent += readExponent(text.part(i + 1, text.size));
      return;
    }
    if (byte == 0x2e) isFraction = true;
    else if (count < MAX_DIGITS) {
      digits = digits * 10 + <u64>(byte - 0x30);
      if (digits > 0) count++;
      if (isFraction) exponent--;
    } else if (!isFraction) exponent++;
  }
}

function readExponent(text: Text): i32 {
  let value = 0;
  for (let i: usize = 0; i < text.size; i++) {
    if (isDigit(text.at(i))) value = min(value * 10 + <i32>(text.at(i) - 0x30), 9999);
  }
  return text.at(0) == 0x2d ? -value : value;
}

function scaled(value: f64, power: i32): f64 {
  let rest = abs(power);
  while (rest > 0) {
    const step = rest >= 256 ? 256 : rest >= 64 ? 64 : rest >= 22 ? 22 : rest >= 8 ? 8 : 1;
    const factor: f64 = step == 256 ? 1e256 : step == 64 ? 1e64 : step == 22 ? 1e22 : step == 8 ? 1e8 : 10;
    value = power < 0 ? value / factor : value * factor;
    if (value == 0 || !isFinite(value)) return value;
    rest -= step;
  }
  return value;
}

function nearestWritten(near: f64, text: Text): f64 {
  for (let away: i64 = 0; away <= MOST_AWAY; away++) {
    const above = reinterpret<f64>(reinterpret<i64>(near) + away);
    if (isWritten(above, text)) return above;
    const below = reinterpret<f64>(reinterpret<i64>(near) - away);
    if (isWritten(below, text)) return below;
  }
  return near;
}

function isWritten(value: f64, text: Text): bool {
  const before = mark();
  const written = newOutput(64);
  writeFloat<f64>(written, value);
  const same = sameBytes(written.asText(), text);
  release(before);
  return same;
}
