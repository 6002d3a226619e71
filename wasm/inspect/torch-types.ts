// The element types of torch: as the classes of storages and as dtypes, with the name that all formats
// share and the bytes of an element.

import { Global } from '../pickle/globals';
import { Text } from '../text';

const name: Text = changetype<Text>(memory.data(8));

/** Of the type that was looked up last; 0 for an unknown one. */
export let typeBytes: u32 = 0;

function sized(bytes: u32, shared: string): string {
  typeBytes = bytes;
  return shared;
}

/** `torch.FloatStorage`, `torch.cuda.HalfStorage`; empty for one that says nothing (UntypedStorage). */
export function storageType(global: Global): string {
  name.ptr = global.name;
  name.size = global.nameSize;
  if (name.is('FloatStorage')) return sized(4, 'F32');
  if (name.is('HalfStorage')) return sized(2, 'F16');
  if (name.is('BFloat16Storage')) return sized(2, 'BF16');
  if (name.is('DoubleStorage')) return sized(8, 'F64');
  if (name.is('LongStorage')) return sized(8, 'I64');
  if (name.is('IntStorage')) return sized(4, 'I32');
  if (name.is('ShortStorage')) return sized(2, 'I16');
  if (name.is('CharStorage')) return sized(1, 'I8');
  if (name.is('ByteStorage')) return sized(1, 'U8');
  if (name.is('BoolStorage')) return sized(1, 'BOOL');
  if (name.is('ComplexFloatStorage')) return sized(8, 'C64');
  if (name.is('ComplexDoubleStorage')) return sized(16, 'C128');
  if (name.is('QInt8Storage')) return sized(1, 'QI8');
  if (name.is('QUInt8Storage')) return sized(1, 'QU8');
  if (name.is('QInt32Storage')) return sized(4, 'QI32');
  return sized(1, 'U8');
}

/** `torch.float8_e4m3fn`; empty for what is no dtype. */
export function dtypeName(global: Global): string {
  name.ptr = global.name;
  name.size = global.nameSize;
  if (name.is('float32')) return sized(4, 'F32');
  if (name.is('float16')) return sized(2, 'F16');
  if (name.is('bfloat16')) return sized(2, 'BF16');
  if (name.is('float64')) return sized(8, 'F64');
  if (name.is('float8_e4m3fn')) return sized(1, 'F8_E4M3');
  if (name.is('float8_e5m2')) return sized(1, 'F8_E5M2');
  if (name.is('float8_e4m3fnuz')) return sized(1, 'F8_E4M3FNUZ');
  if (name.is('float8_e5m2fnuz')) return sized(1, 'F8_E5M2FNUZ');
  if (name.is('float8_e8m0fnu')) return sized(1, 'F8_E8M0');
  if (name.is('float4_e2m1fn_x2')) return sized(1, 'F4x2');
  if (name.is('int64')) return sized(8, 'I64');
  if (name.is('int32')) return sized(4, 'I32');
  if (name.is('int16')) return sized(2, 'I16');
  if (name.is('int8')) return sized(1, 'I8');
  if (name.is('uint64')) return sized(8, 'U64');
  if (name.is('uint32')) return sized(4, 'U32');
  if (name.is('uint16')) return sized(2, 'U16');
  if (name.is('uint8')) return sized(1, 'U8');
  if (name.is('bool')) return sized(1, 'BOOL');
  if (name.is('complex64')) return sized(8, 'C64');
  if (name.is('complex128')) return sized(16, 'C128');
  return name.is('complex32') ? sized(4, 'C32') : sized(0, '');
}
