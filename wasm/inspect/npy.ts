// A numpy array, by its header alone; as a member of an npz, under the member's name.

import { DONE, MORE, Task } from '../scan/task';
import { MemberContent } from '../scan/zip-member';
import { ARRAY_HEADER } from '../../build/generated/scan-rules';
import { reportPlain } from '../scan/findings';
import { READ, readArrayHeader } from '../scan/npy';
import {
  headerBytes, headerCount, headerDimension, headerElement, headerHasObjects, headerIsFortran, headerIsKnown,
  headerRank, headerType,
} from '../scan/npy-header';
import { textAt } from '../text';
import { keep, keepBytes } from './kept';
import {
  addTensor, COLUMN_ORDER, countBytes, countHeader, countTrailing, nameTensor, ROW_ORDER, setDimension, setShape,
  Tensor, typeTensor, within,
} from './listing';

export function stepInspectNpy(task: Task): u32 {
  const answer = readArrayHeader(task);
  if (answer != READ) return answer == MORE ? MORE : DONE;
  const size = arrayBytes(task);
  countHeader(task.pos - task.from);
  if (size > elementsLeft(task)) reportPlain(ARRAY_HEADER, task, task.pos, 'Ends before all elements are there.');
  else if (!headerIsKnown) reportPlain(ARRAY_HEADER, task, task.pos, 'Has elements of a type that numpy does not write.');
  else describe(task, size);
  task.pos = task.end;
  return DONE;
}

/** Objects are a pickle of any length. */
function arrayBytes(task: Task): u64 {
  return headerHasObjects ? elementsLeft(task) : headerBytes;
}

/** Bytes behind the header: of a member, as its archive says. */
function elementsLeft(task: Task): u64 {
  if (task.nameSize == 0) return task.left;
  const size = changetype<MemberContent>(task.state).size, header = task.pos - task.from;
  return size > header ? size - header : 0;
}

function describe(task: Task, size: u64): void {
  const tensor = addTensor();
  if (tensor === null) return;
  nameArray(task, tensor);
  setShape(tensor, headerRank);
  for (let i: u32 = 0; i < headerRank; i++) setDimension(tensor, i, headerDimension(i));
  nameType(tensor);
  tensor.elements = within(headerCount);
  tensor.bytes = within(size);
  countBytes(size);
  tensor.order = headerIsFortran ? COLUMN_ORDER : ROW_ORDER;
  // A file of its own; an npz may go on behind the array's member.
  if (task.nameSize == 0) countTrailing(task.left - size);
}

/** The member's name without `.npy`; an array that is a file has none. */
function nameArray(task: Task, tensor: Tensor): void {
  if (task.nameSize > 0) nameTensor(tensor, task.name, task.nameSize - 4);
}

/** What everybody calls it; else, numpy's own word for it: `>f4`, `<U7`, `<M8[ns]`; `|V12` for fields. */
function nameType(tensor: Tensor): void {
  if (headerHasObjects) return typeTensor(tensor, '|O');
  if (headerType.size == 0) return setFields(tensor);
  const isLittle = headerType.at(0) == 0x3c || headerType.at(0) == 0x7c;
  const plain = isLittle ? plainName() : null;
  if (plain !== null) return typeTensor(tensor, plain);
  tensor.dtype = keepBytes(headerType.ptr, headerType.size);
  tensor.dtypeSize = tensor.dtype == 0 ? 0 : headerType.size;
}

function plainName(): string | null {
  const rest = textAt(headerType.ptr + 1, headerType.size - 1);
  if (rest.is('f4')) return 'F32';
  if (rest.is('f2')) return 'F16';
  if (rest.is('f8')) return 'F64';
  if (rest.is('i1')) return 'I8';
  if (rest.is('i2')) return 'I16';
  if (rest.is('i4')) return 'I32';
  if (rest.is('i8')) return 'I64';
  if (rest.is('u1')) return 'U8';
  if (rest.is('u2')) return 'U16';
  if (rest.is('u4')) return 'U32';
  if (rest.is('u8')) return 'U64';
  if (rest.is('b1')) return 'BOOL';
  if (rest.is('c8')) return 'C64';
  return rest.is('c16') ? 'C128' : null;
}

/** A structured type: numpy itself calls it by its size. */
function setFields(tensor: Tensor): void {
  const room = keep(32);
  if (room == 0) return;
  store<u16>(room, 0x567c); // |V
  let digits: usize = 1;
  for (let rest = headerElement; rest >= 10; rest /= 10) digits++;
  let value = headerElement;
  for (let i = digits; i > 0; i--) {
    store<u8>(room + 1 + i, 0x30 + <u32>(value % 10));
    value /= 10;
  }
  tensor.dtype = room;
  tensor.dtypeSize = digits + 2;
}
