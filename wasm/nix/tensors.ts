// A model file's tensors, from the rows of the core's descriptions, which have `offset` and `bytes`; those
// of safetensors have `offsets` instead, from and to.

import { Value } from '../json/value';
import { allocate } from '../abi';
import { newAttributes } from './attributes';
import { makeInt, makeList } from './host';
import { makeValue, unsignedOf } from './make-value';

export function bytesOf(tensor: Value): u64 {
  const offsets = tensor.member('offsets');
  if (offsets === null) return unsignedOf(changetype<Value>(tensor.member('bytes')));
  return unsignedOf(offsets.child(1)) - unsignedOf(offsets.child(0));
}

export function elementsOf(tensor: Value): u64 {
  const shape = changetype<Value>(tensor.member('shape'));
  let elements: u64 = 1;
  for (let i = 0; i < shape.count; i++) elements *= unsignedOf(shape.child(i));
  return elements;
}

/** A list of { name, dtype, shape, offset, bytes }, with `order` and `storage` where a format has them. */
export function makeTensors(tensors: Value): u32 {
  const ids = allocate(4 * <usize>tensors.count);
  for (let i = 0; i < tensors.count; i++) {
    store<u32>(ids + 4 * <usize>i, makeTensor(tensors.child(i)));
  }
  return makeList(ids, tensors.count);
}

function makeTensor(tensor: Value): u32 {
  const offsets = tensor.member('offsets');
  if (offsets === null) return makeValue(tensor);
  const attributes = newAttributes(8);
  attributes.put('name', makeValue(changetype<Value>(tensor.member('name'))));
  attributes.put('dtype', makeValue(changetype<Value>(tensor.member('dtype'))));
  attributes.put('shape', makeValue(changetype<Value>(tensor.member('shape'))));
  attributes.put('offset', makeInt(<i64>unsignedOf(offsets.child(0)))).put('bytes', makeInt(<i64>bytesOf(tensor)));
  return attributes.make();
}
