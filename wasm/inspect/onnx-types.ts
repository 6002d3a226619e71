// ONNX's element types (TensorProto.DataType) by their numbers: the name that all formats share, and the
// bits of an element.

export function onnxTypeName(number: u64): string {
  switch (<u32>min<u64>(number, 255)) {
    case 1: return 'F32';
    case 2: return 'U8';
    case 3: return 'I8';
    case 4: return 'U16';
    case 5: return 'I16';
    case 6: return 'I32';
    case 7: return 'I64';
    case 8: return 'STRING';
    case 9: return 'BOOL';
    case 10: return 'F16';
    case 11: return 'F64';
    case 12: return 'U32';
    case 13: return 'U64';
    case 14: return 'C64';
    case 15: return 'C128';
    case 16: return 'BF16';
    case 17: return 'F8_E4M3';
    case 18: return 'F8_E4M3FNUZ';
    case 19: return 'F8_E5M2';
    case 20: return 'F8_E5M2FNUZ';
    case 21: return 'U4';
    case 22: return 'I4';
    case 23: return 'F4';
    case 24: return 'F8_E8M0';
    case 25: return 'U2';
    case 26: return 'I2';
  }
  return 'UNKNOWN';
}

/** Of each number; 0 where an element has no fixed size. */
const BITS: usize = memory.data<u8>([
  0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2,
]);
const COUNT: u64 = 27;

export function onnxTypeBits(number: u64): u64 {
  return number < COUNT ? load<u8>(BITS + <usize>number) : 0;
}
