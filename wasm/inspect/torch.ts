// A PyTorch checkpoint as its pickle describes it, while the machine of wasm/pickle runs through it: what
// its opcodes make is a tensor, a place for tensors, or nothing of interest. Calls nothing; what the
// pickle wants called is only recognised where torch writes it.

import { globalAt } from '../pickle/globals';
import { fail, failByLimit } from '../pickle/machine';
import { Items, itemsOf } from '../pickle/objects';
import { elementBytes, isStorageType, wholeOf } from '../pickle/storages';
import { findString, stringPtr, stringSize } from '../pickle/strings';
import {
  A_PLACE, A_STORAGE, A_TENSOR, A_TUPLE, DATA, EMPTY, GLOBAL, kindOf, payloadOf, value, WORD,
} from '../pickle/values';
import { STORAGE_WORD } from '../pickle/words';
import { hashFolded } from '../scan/hash64';
import { ABSENT, tableGet, tablePut } from '../scan/table';
import { Task } from '../scan/task';
import { torchRoot } from '../scan/torch-context';
import { Text } from '../text';
import { keep, keepBytes } from './kept';
import { addTensor, countBytes, countElements, setDimension, setShape, Tensor, typeTensor, within } from './listing';
import { newContainer } from './places';
import { dtypeName, storageType, typeBytes } from './torch-types';

@unmanaged
class Storage {
  key: usize;
  keySize: usize;
  /** What was named as its class (globals.ts). */
  global: u32;
  elementBytes: u64;
  elements: u64;
}

/** Beside a member's size in the table: its bytes have been counted. */
const COUNTED: u64 = 1 << 62;
/** No storage has more elements. */
const MAX_ELEMENTS: u64 = 1 << 53;
/** Subclasses of tensors inside each other. */
const MAX_WRAPPERS = 4;

/** A persistent id: ('storage', class, key, location, elements). */
export function storageFor(task: Task, id: u32): u32 {
  const items = itemsOf(id);
  if (items === null || items.count < 5 || items.at(0) != value(WORD, STORAGE_WORD) || !isStorageType(items.at(1))) {
    fail('Asks torch for something that is no storage.');
    return value(DATA);
  }
  const elements = wholeOf(items.at(4)), bytes = elementBytes(items.at(1));
  if (elements > MAX_ELEMENTS || !findString(items.at(2)) || !isThere(torchRoot(task), elements * bytes)) {
    fail('Refers to a storage that the archive does not hold, or not all of it.');
    return value(DATA);
  }
  const storage = changetype<Storage>(keep(offsetof<Storage>()));
  if (changetype<usize>(storage) == 0) return value(DATA);
  storage.key = keepBytes(stringPtr, stringSize);
  storage.keySize = storage.key == 0 ? 0 : stringSize;
  storage.global = payloadOf(items.at(1));
  storage.elementBytes = bytes;
  storage.elements = elements;
  return value(A_STORAGE, <u32>(changetype<usize>(storage) >>> 4));
}

/** Whether the member of the key that findString has found holds so many bytes; counts them once. */
function isThere(root: u64, bytes: u64): bool {
  const hash = hashFolded(stringPtr, stringSize, root), size = tableGet(hash);
  if (root == 0 || size == ABSENT || (size & ~COUNTED) < bytes) return false;
  if ((size & COUNTED) == 0 && tablePut(hash, size | COUNTED)) countBytes(bytes);
  return true;
}

const called: Text = changetype<Text>(memory.data(8));

/** What a call makes: REDUCE, NEWOBJ and their kin. */
export function madeBy(callable: u32, args: u32): u32 {
  for (let i = 0; i < MAX_WRAPPERS && kindOf(callable) == GLOBAL; i++) {
    const global = globalAt(payloadOf(callable)), items = itemsOf(args);
    called.ptr = global.name;
    called.size = global.nameSize;
    if (items === null || !called.startsWith('_rebuild_')) break;
    if (called.is('_rebuild_from_type_v2') && items.count > 2) {
      callable = items.at(0);
      args = items.at(2);
      continue;
    }
    const made = rebuilt(items);
    if (made != 0) return made;
    break;
  }
  return newContainer(args);
}

/** By the name in `called`; 0 for a function that is not known. */
function rebuilt(items: Items): u32 {
  const isTyped = called.is('_rebuild_tensor_v3');
  const isTensor = isTyped || called.is('_rebuild_tensor_v2') || called.is('_rebuild_tensor')
    || called.is('_rebuild_qtensor');
  if (isTensor) return items.count < 4 ? 0 : newTensor(items, isTyped && items.count > 6 ? items.at(6) : 0);
  if (called.is('_rebuild_meta_tensor_no_storage')) return items.count < 2 ? 0 : withoutData(items);
  const passesOn = called.is('_rebuild_parameter') || called.is('_rebuild_parameter_with_state')
    || called.is('_rebuild_device_tensor_from_cpu_tensor');
  return passesOn && items.count > 0 ? items.at(0) : 0;
}

/** (storage, offset, size, stride, …); `dtype` is a word of the pickle, or 0 where the storage has it. */
function newTensor(items: Items, dtype: u32): u32 {
  if (kindOf(items.at(0)) != A_STORAGE || payloadOf(items.at(0)) == 0) return 0;
  const storage = changetype<Storage>(<usize>payloadOf(items.at(0)) << 4);
  const tensor = shaped(items.at(2));
  if (tensor === null) return value(DATA);
  const isTyped = dtype != 0 && kindOf(dtype) == GLOBAL;
  typeTensor(tensor, isTyped ? dtypeName(globalAt(payloadOf(dtype))) : storageType(globalAt(storage.global)));
  const offset = wholeOf(items.at(1)), reach = reachOf(tensor, items.at(3));
  const size = isTyped ? <u64>typeBytes : storage.elementBytes;
  const room = size == 0 ? 0 : storage.elements * storage.elementBytes / size;
  if (tensor.elements > 0 && (reach == ABSENT || offset > room || reach > room - offset)) {
    fail('Has a tensor that reaches beyond its storage.');
    return value(DATA);
  }
  tensor.offset = within(offset * size);
  tensor.bytes = within(tensor.elements * size);
  tensor.storage = storage.key;
  tensor.storageSize = storage.keySize;
  return value(A_TENSOR, <u32>(changetype<usize>(tensor) >>> 4));
}

/** A tensor on the device `meta`: (dtype, size, …), a shape without numbers. */
function withoutData(items: Items): u32 {
  const tensor = shaped(items.at(1));
  if (tensor === null) return value(DATA);
  if (kindOf(items.at(0)) == GLOBAL) typeTensor(tensor, dtypeName(globalAt(payloadOf(items.at(0)))));
  return value(A_TENSOR, <u32>(changetype<usize>(tensor) >>> 4));
}

/** A new tensor of a shape that is a tuple of numbers; null, and perhaps a failure, where it is none. */
function shaped(shape: u32): Tensor | null {
  const lengths = kindOf(shape) == A_TUPLE ? itemsOf(shape) : null;
  if (lengths === null && kindOf(shape) != EMPTY) {
    fail('Has a tensor whose shape is no tuple, or longer than inspect follows.');
    return null;
  }
  const tensor = addTensor();
  if (tensor === null) {
    failByLimit('Describes more tensors than 64 MiB hold.');
    return null;
  }
  if (lengths === null) {
    tensor.elements = 1;
    return tensor;
  }
  setShape(tensor, lengths.count);
  for (let i: u32 = 0; i < lengths.count; i++) {
    const length = wholeOf(lengths.at(i));
    if (length > MAX_ELEMENTS) fail('Has a tensor whose shape is no tuple of numbers.');
    setDimension(tensor, i, length);
  }
  tensor.elements = countElements(tensor);
  return tensor;
}

/** Elements of the storage from the tensor's first to its last; ABSENT where its strides are none. */
function reachOf(tensor: Tensor, strides: u32): u64 {
  const steps = itemsOf(strides);
  if (tensor.rank == 0) return 1;
  if (kindOf(strides) != A_TUPLE || steps === null || steps.count != tensor.rank) return ABSENT;
  let reach: u64 = 1;
  for (let i: u32 = 0; i < tensor.rank; i++) {
    const length = load<u64>(tensor.dimensions + <usize>i * 8), step = wholeOf(steps.at(i));
    if (length < 2) continue;
    if (step > MAX_ELEMENTS || (step > 0 && length - 1 > MAX_ELEMENTS / step)) return ABSENT;
    reach += (length - 1) * step;
  }
  return reach;
}
