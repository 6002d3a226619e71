// What an ONNX model can do to its loader: read files that it names (external data), and call operators
// that somebody else has to bring. The messages are those of onnx.proto, walked by model-proto.ts.

import { mark, release } from '../abi';
import {
  ONNX_CUSTOM_DOMAIN, ONNX_EXTERNAL_DATA, ONNX_EXTERNAL_PATH, PROTOBUF_BROKEN, PROTOBUF_LIMIT,
} from '../../build/generated/scan-rules';
import { newOutput } from '../output';
import { isDigit, Text, textAt } from '../text';
import { report, reportPlain } from './findings';
import { hashBytes } from './hash64';
import { isExternalPath } from './onnx-path';
import { addNeed, needsOmitted, tidyPath } from './needs';
import { defineOp, reportForeignOps, useOp } from './op-names';
import { Frame, LENGTH, number, outerFrame, topFrame, VARINT } from './protobuf';
import { NUMBER, PASS, TEXT } from './proto-roles';
import { Task } from './task';

export const GRAPH: u32 = 1;
export const TRAINING: u32 = 2;
export const FUNCTION: u32 = 3;
export const OPERATOR_SET: u32 = 4;
/** A StringStringEntryProto of external_data. */
export const ENTRY: u32 = 5;
const NODE: u32 = 6;
const ATTRIBUTE: u32 = 7;
const TENSOR: u32 = 8;
const SPARSE: u32 = 9;
export const LAST_ONNX: u32 = 9;

/** A location that is longer is no honest path. */
const MAX_PATH_BYTES: usize = 4096;

/** Flags of a tensor. */
const IS_EXTERNAL: u32 = 1;
const HAS_LOCATION: u32 = 2;
/** Of an attribute: its text leads out of the model's directory. */
const HOSTILE_TEXT: u32 = 1;

/** What was seen that only ONNX models have. */
export let onnxGraphs: u32 = 0;
export let onnxParts: u32 = 0;
export let operatorSets: u32 = 0;

export function openOnnx(): void {
  onnxGraphs = 0;
  onnxParts = 0;
  operatorSets = 0;
}

/** Which message a field of a message is, or what else is to be done with it. */
export function onnxRole(kind: u32, field: u32, wire: u32): u32 {
  if (wire == VARINT) return kind == TENSOR && field == 14 ? NUMBER : PASS;
  if (wire != LENGTH) return PASS;
  switch (kind) {
    case GRAPH: return field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE : PASS;
    case TRAINING: return field == 1 || field == 2 ? GRAPH : PASS;
    case FUNCTION: return field == 7 ? NODE : field == 11 ? ATTRIBUTE : field == 1 || field == 10 ? TEXT : PASS;
    case OPERATOR_SET: return field == 1 ? TEXT : PASS;
    case ENTRY: return field == 1 || field == 2 ? TEXT : PASS;
    case NODE: return field == 5 ? ATTRIBUTE : field == 4 || field == 7 ? TEXT : PASS;
    case TENSOR: return field == 13 ? ENTRY : PASS;
    case SPARSE: return field == 1 || field == 2 ? TENSOR : PASS;
    case ATTRIBUTE: return attributeRole(field);
  }
  return PASS;
}

function attributeRole(field: u32): u32 {
  switch (field) {
    case 1: case 4: return TEXT;
    case 5: case 10: return TENSOR;
    case 6: case 11: return GRAPH;
    case 22: case 23: return SPARSE;
  }
  return PASS;
}

/** A TEXT: its beginning, at most MAX_TEXT_BYTES of it, of `size` bytes. */
export function onnxText(task: Task, field: u32, ptr: usize, size: usize): void {
  const frame = topFrame();
  const isName = field == (frame.kind == NODE ? 4 : 1);
  if (frame.kind == ENTRY && field == 2) keepValue(ptr, size);
  else if (frame.kind == ATTRIBUTE && field == 4) {
    if (size <= MAX_PATH_BYTES && isExternalPath(ptr, size)) return;
    if (size <= MAX_PATH_BYTES) frame.flags |= HOSTILE_TEXT;
  } else if (isName) frame.setFirst(ptr, size);
  else frame.setSecond(ptr, size);
}

export function onnxNumber(): void {
  if (number == 1) topFrame().flags |= IS_EXTERNAL;
}

/** The value of the entry that is being read; no entry holds another one. */
const value: usize = memory.data(4097);
let valueSize: usize = 0;

function keepValue(ptr: usize, size: usize): void {
  valueSize = min(size, MAX_PATH_BYTES + 1);
  memory.copy(value, ptr, valueSize);
}

/** A message begins. */
export function onnxEntered(kind: u32): void {
  if (kind == ENTRY) valueSize = 0;
  else if (kind == GRAPH) onnxGraphs++;
}

/** A message has been read. */
export function onnxLeft(task: Task, frame: Frame): void {
  const before = mark();
  switch (frame.kind) {
    case NODE: leftNode(task, frame); break;
    case ENTRY: leftEntry(task, frame); break;
    case TENSOR: leftTensor(task, frame); break;
    case ATTRIBUTE: leftAttribute(task, frame); break;
    case FUNCTION: defineOp(operatorHash(frame)); break;
    case OPERATOR_SET: if (!textAt(frame.first, frame.firstSize).hasControl()) operatorSets++;
  }
  release(before);
}

/** Of the name and the domain of a node or a function. */
function operatorHash(frame: Frame): u64 {
  return hashBytes(frame.first, frame.firstSize, hashBytes(frame.second, frame.secondSize) ^ 0x0a);
}

function leftNode(task: Task, frame: Frame): void {
  const operator = textAt(frame.first, frame.firstSize), domain = textAt(frame.second, frame.secondSize);
  if (operator.size > 0 && operator.consistsOf('_.:-')) onnxParts++;
  if (isStockDomain(domain)) return;
  const name = newOutput().text(domain).put('::').text(operator);
  useOp(operatorHash(frame), hashBytes(domain.ptr, domain.size), task.pos, name.ptr, name.size);
}

/** Operators of these come with the runtimes. Anybody may claim a domain, but not bring code by it. */
function isStockDomain(domain: Text): bool {
  return domain.size == 0 || domain.is('ai.onnx') || domain.is('ai.onnx.ml') || domain.is('ai.onnx.training')
    || domain.is('ai.onnx.preview') || domain.is('ai.onnx.preview.training') || domain.is('com.microsoft')
    || domain.is('com.microsoft.experimental') || domain.is('com.microsoft.nchwc') || domain.is('com.microsoft.dml')
    || domain.is('com.ms.internal.nhwc') || domain.is('org.pytorch.aten');
}

function leftTensor(task: Task, frame: Frame): void {
  const kind = outerFrame().kind;
  if (kind == GRAPH || kind == ATTRIBUTE || kind == SPARSE) onnxParts++;
  if ((frame.flags & (IS_EXTERNAL | HAS_LOCATION)) != IS_EXTERNAL) return;
  reportPlain(ONNX_EXTERNAL_DATA, task, task.pos, 'Has a tensor whose data lies in another file that is not named.');
}

/** One key and value of external_data. */
function leftEntry(task: Task, frame: Frame): void {
  const key = textAt(frame.first, frame.firstSize), text = textAt(value, valueSize);
  // Of no attribute: mostly a text that reads as a message.
  if (key.size == 0) return;
  if (key.is('location')) {
    onnxParts++;
    outerFrame().flags |= HAS_LOCATION;
    judgeLocation(task, text);
  } else if (key.is('offset') || key.is('length')) {
    if (isCount(text)) return;
    explain(task, ONNX_EXTERNAL_DATA, 'Has external data whose offset or length is no number: ', text);
  } else if (!key.is('checksum') && !key.is('basepath') && !key.startsWith('prepacked')) {
    // onnxruntime keeps weights that it has rearranged under `prepacked_…`.
    explain(task, ONNX_EXTERNAL_DATA, 'Has an entry of external data that old loaders set as an attribute of an object: ', key);
  } else if (valueSize > 0 && key.is('basepath') && !isExternalPath(text.ptr, text.size)) {
    explain(task, ONNX_EXTERNAL_PATH, 'Names a directory outside of its own for external data: ', text);
  }
}

function judgeLocation(task: Task, text: Text): void {
  const path = tidyPath(text);
  if (text.size > MAX_PATH_BYTES || (text.size > 0 && !isExternalPath(text.ptr, text.size))) {
    explain(task, ONNX_EXTERNAL_PATH, 'Reads a file outside of its own directory when it is loaded: ', text);
  } else if (path.size == 0) {
    explain(task, ONNX_EXTERNAL_DATA, 'Has external data in a file without a name: ', text);
  } else if (task.nameSize == 0) addNeed(path);
}

/** Digits, as many as 64 bits hold. */
function isCount(text: Text): bool {
  if (text.size == 0 || text.size > 19) return false;
  for (let i: usize = 0; i < text.size; i++) if (!isDigit(text.at(i))) return false;
  return true;
}

/** Compiled parts of a model (EPContext) lie in files that an attribute names. */
function leftAttribute(task: Task, frame: Frame): void {
  if ((frame.flags & HOSTILE_TEXT) == 0 || !textAt(frame.first, frame.firstSize).is('ep_cache_context')) return;
  reportPlain(ONNX_EXTERNAL_PATH, task, task.pos, 'Reads a compiled part from a file outside of its own directory.');
}

function explain(task: Task, rule: u32, words: string, text: Text): void {
  report(rule, task, task.pos, newOutput().put(words).shown(text), text);
}

/** At the end of what turned out to be a model. */
export function finishOnnx(task: Task, isWhole: bool, hasVersion: bool): void {
  if (needsOmitted) reportPlain(PROTOBUF_LIMIT, task, task.from, 'Names more than 4,096 files of external data.');
  if (!isWhole) return reportPlain(PROTOBUF_BROKEN, task, task.pos, 'Is an ONNX model that is broken or cut off.');
  if (!hasVersion || onnxGraphs == 0 || operatorSets == 0) {
    reportPlain(PROTOBUF_BROKEN, task, task.from, 'Is an ONNX model without its version, its graph or its operator sets.');
  }
}

export function reportCustomDomains(task: Task): void {
  reportForeignOps(task, ONNX_CUSTOM_DOMAIN, 'Uses an operator that no stock runtime has, which needs foreign code: ');
}
