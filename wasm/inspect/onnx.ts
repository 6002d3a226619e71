// An ONNX model: walks through its messages (onnx.proto) and passes over the numbers of its tensors, of
// which only the lengths are read. What has no graph of ONNX in the end was none.

import { PROTOBUF_BROKEN } from '../../build/generated/scan-rules';
import { renameFormat, reportPlain } from '../scan/findings';
import {
  BROKEN, cutOff, enterField, field, FINISHED, leaveMessage, LEFT, LENGTH, nextField, number, openProtobuf, outerFrame,
  passField, payload, payloadAt, topFrame, VARINT, wantPayload, wire,
} from '../scan/protobuf';
import { DONE, MORE, Task } from '../scan/task';
import { Text } from '../text';
import { leaveUnread } from './content';
import { keepBytes, MAX_KEPT_BYTES } from './kept';
import { countHeader } from './listing';
import { addMetadata, OF_MODEL, PROPERTY } from './metadata';
import {
  addRow, countOperator, inputs, irVersion, nameRow, operatorSets, outputs, setIrVersion, setModelVersion,
} from './onnx-graph';
import {
  addLengths, dataInFile, leaveExternal, leaveTensor, openTensor, openTensors, tensorNumber, tensorPayload, tensorText,
} from './onnx-tensor';
import { dimensionName, dimensionNumber, openDimension, openShape, openValue, valueName, valueType } from './onnx-value';

/** Messages, as numbers of a frame's `kind`. */
const MODEL: u32 = 100;
const GRAPH: u32 = 101;
const NODE: u32 = 102;
const ATTRIBUTE: u32 = 103;
const TENSOR: u32 = 104;
const SPARSE: u32 = 105;
const VALUE: u32 = 106;
const TYPE: u32 = 107;
const TENSOR_TYPE: u32 = 108;
const SHAPE: u32 = 109;
const DIMENSION: u32 = 110;
const OPERATOR_SET: u32 = 111;
const ENTRY: u32 = 112;

const START: u32 = 0;
const READ: u32 = 1;

let graphs: u32 = 0;
/** Key and value of the entry that is being read: no entry holds another one. */
const entryKey: Text = changetype<Text>(memory.data(8));
const entryValue: Text = changetype<Text>(memory.data(8));

export function stepOnnx(task: Task): u32 {
  if (task.step == START) open(task);
  for (let what = nextField(task); what != MORE; what = nextField(task)) {
    if (what == FINISHED) return finish(task, !cutOff);
    if (what == LEFT) leave();
    else if (what == BROKEN) return finish(task, false);
    else if (!visit(task)) return task.ended ? finish(task, false) : MORE;
  }
  return MORE;
}

function open(task: Task): void {
  openProtobuf(task, MODEL);
  openTensors();
  graphs = 0;
  task.step = READ;
}

function finish(task: Task, isWhole: bool): u32 {
  const isModel = graphs > 0 && irVersion > 0;
  if (!isModel) leaveUnread('unknown');
  else if (!isWhole) reportPlain(PROTOBUF_BROKEN, task, task.pos, 'Ends or breaks before the model is complete.');
  if (isModel) renameFormat('pickle', 'onnx');
  const size = task.end - task.from;
  countHeader(size > dataInFile ? size - dataInFile : 0);
  task.pos = task.end;
  return DONE;
}

/** False where bytes are lacking. */
function visit(task: Task): bool {
  const kind = topFrame().kind;
  if (wire == VARINT) takeNumber(kind);
  else if (wire == LENGTH) {
    const message = messageOf(kind);
    if (message != 0) return enter(task, message);
    if (isText(kind)) {
      const size = <usize>min<u64>(payload, <u64>MAX_KEPT_BYTES);
      if (!wantPayload(task, size)) return false;
      takeText(kind, payloadAt(task), size);
    } else if (kind == TENSOR) tensorPayload(field, payload, task.pos + <u64>(payloadAt(task) - task.here) - task.from);
  }
  passField(task);
  return true;
}

/** The message that a field is; 0 for none that matters. */
function messageOf(kind: u32): u32 {
  switch (kind) {
    case MODEL: return field == 7 ? GRAPH : field == 8 ? OPERATOR_SET : field == 14 ? ENTRY : 0;
    case GRAPH: return graphMessage();
    case NODE: return field == 5 ? ATTRIBUTE : 0;
    case ATTRIBUTE: return field == 6 || field == 11 ? GRAPH : 0;
    case SPARSE: return field == 1 ? TENSOR : 0;
    case TENSOR: return field == 13 ? ENTRY : 0;
    case VALUE: return field == 2 ? TYPE : 0;
    case TYPE: return field == 1 || field == 8 ? TENSOR_TYPE : 0;
    case TENSOR_TYPE: return field == 2 ? SHAPE : 0;
    case SHAPE: return field == 1 ? DIMENSION : 0;
  }
  return 0;
}

/** Inputs and outputs are those of the model's own graph, not of the branches of an If. */
function graphMessage(): u32 {
  if (field == 1) return NODE;
  if (field == 5) return TENSOR;
  if (field == 15) return SPARSE;
  return (field == 11 || field == 12) && outerFrame().kind == MODEL ? VALUE : 0;
}

/** False where bytes are lacking; a message too deep is passed over. */
function enter(task: Task, message: u32): bool {
  const from = field;
  if (!enterField(task, message)) {
    passField(task);
    return true;
  }
  if (message == GRAPH) graphs++;
  else if (message == TENSOR) openTensor();
  else if (message == VALUE) openValue(addRow(from == 11 ? inputs : outputs));
  else if (message == SHAPE) openShape();
  else if (message == DIMENSION) openDimension();
  else if (message == ENTRY) {
    entryKey.size = 0;
    entryValue.size = 0;
  }
  return true;
}

function isText(kind: u32): bool {
  switch (kind) {
    case MODEL: return field > 1 && field < 7 && field != 5;
    case NODE: return field == 4 || field == 7;
    case TENSOR: return field == 8 || (field == 1 && payload < MAX_LENGTHS_BYTES);
    case VALUE: case OPERATOR_SET: return field == 1;
    case DIMENSION: return field == 2;
    case ENTRY: return field == 1 || field == 2;
  }
  return false;
}

/** Packed lengths of 64 dimensions. */
const MAX_LENGTHS_BYTES: u64 = 640;

function takeNumber(kind: u32): void {
  switch (kind) {
    case MODEL:
      if (field == 1) setIrVersion(number);
      else if (field == 5) setModelVersion(number);
      return;
    case TENSOR: return tensorNumber(field, number);
    case TENSOR_TYPE: if (field == 1) valueType(number); return;
    case DIMENSION: if (field == 1) dimensionNumber(number); return;
    case OPERATOR_SET: if (field == 2) topFrame().flags = <u32>min<u64>(number, u32.MAX_VALUE); return;
  }
}

function takeText(kind: u32, ptr: usize, size: usize): void {
  switch (kind) {
    case MODEL: return addModelText(ptr, size);
    case NODE: return field == 4 ? topFrame().setFirst(ptr, size) : topFrame().setSecond(ptr, size);
    case TENSOR: return field == 8 ? tensorText(ptr, size) : addLengths(ptr, size);
    case VALUE: return valueName(ptr, size);
    case DIMENSION: return dimensionName(ptr, size);
    case OPERATOR_SET: return topFrame().setFirst(ptr, size);
    case ENTRY: return keepPart(field == 1 ? entryKey : entryValue, ptr, size);
  }
}

function keepPart(part: Text, ptr: usize, size: usize): void {
  part.ptr = keepBytes(ptr, size);
  part.size = part.ptr == 0 ? 0 : size;
}

/** producer_name, producer_version, domain, doc_string: where it says anything. */
function addModelText(ptr: usize, size: usize): void {
  const name = field == 2 ? PRODUCER : field == 3 ? PRODUCER_VERSION : field == 4 ? DOMAIN : DOCUMENTATION;
  const length: usize = field == 2 ? 13 : field == 3 ? 16 : field == 4 ? 6 : 10;
  if (size > 0) addMetadata(name, length, ptr, size, OF_MODEL);
}

const PRODUCER: usize = memory.data<u8>([0x70, 0x72, 0x6f, 0x64, 0x75, 0x63, 0x65, 0x72, 0x5f, 0x6e, 0x61, 0x6d, 0x65]);
const PRODUCER_VERSION: usize = memory.data<u8>([
  0x70, 0x72, 0x6f, 0x64, 0x75, 0x63, 0x65, 0x72, 0x5f, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e,
]);
const DOMAIN: usize = memory.data<u8>([0x64, 0x6f, 0x6d, 0x61, 0x69, 0x6e]);
const DOCUMENTATION: usize = memory.data<u8>([0x64, 0x6f, 0x63, 0x5f, 0x73, 0x74, 0x72, 0x69, 0x6e, 0x67]);

/** A message has been read. */
function leave(): void {
  const frame = topFrame();
  leaveMessage();
  switch (frame.kind) {
    case NODE: return countOperator(frame.second, domainSize(frame.second, frame.secondSize), frame.first, frame.firstSize);
    case TENSOR: return leaveTensor();
    case OPERATOR_SET: return addOperatorSet(frame.first, frame.firstSize, frame.flags);
    case ENTRY: return leaveEntry();
  }
}

function leaveEntry(): void {
  if (topFrame().kind == TENSOR) return leaveExternal(entryKey, entryValue);
  if (entryKey.size > 0) addMetadata(entryKey.ptr, entryKey.size, entryValue.ptr, entryValue.size, PROPERTY);
}

/** ONNX's own domain is the empty one, or `ai.onnx`. */
function domainSize(ptr: usize, size: usize): usize {
  return size == 7 && memory.compare(ptr, OWN_DOMAIN, 7) == 0 ? 0 : size;
}

const OWN_DOMAIN: usize = memory.data<u8>([0x61, 0x69, 0x2e, 0x6f, 0x6e, 0x6e, 0x78]);

function addOperatorSet(domain: usize, size: usize, version: u32): void {
  const row = addRow(operatorSets);
  if (row === null) return;
  nameRow(row, domain, domainSize(domain, size));
  row.number = version;
}
