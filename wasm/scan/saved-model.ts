// What a TensorFlow graph can do to its loader: its operators read and write files, call Python or listen
// to a network, and lists say which (tf-ops*.txt). Messages of SavedModel, GraphDef and
// FunctionDef, walked by model-proto.ts.

import { mark, release } from '../abi';
import { PROTOBUF_BROKEN, TF_ASSET_PATH, TF_DANGEROUS_OP, TF_FOREIGN_OP, TF_SUSPICIOUS_OP } from '../../build/generated/scan-rules';
import { newOutput } from '../output';
import { textAt } from '../text';
import { report, reportPlain } from './findings';
import { hashBytes } from './hash64';
import { defineOp, reportForeignOps, useOp } from './op-names';
import { isHostilePath } from './path';
import { Frame, LENGTH, outerFrame, topFrame } from './protobuf';
import { PASS, TEXT } from './proto-roles';
import { kerasRole } from './saved-keras';
import { Task } from './task';
import { ALLOWED_OP, DANGEROUS_OP, SUSPICIOUS_OP, tierOfOp } from './tf-ops';

/** A MetaGraphDef, or the library of a GraphDef: their fields have the same numbers and differ in nothing that matters. */
export const META_GRAPH: u32 = 20;
export const NODE_DEF: u32 = 21;
const GRAPH_DEF: u32 = 22;
const LIBRARY: u32 = 23;
export const FUNCTION_DEF: u32 = 24;
export const SIGNATURE: u32 = 25;
const ATTRIBUTE_ENTRY: u32 = 26;
const ATTRIBUTE_VALUE: u32 = 27;
const VALUE_LIST: u32 = 28;
const FUNCTION_NAME: u32 = 29;
const ASSET: u32 = 30;
export const FIRST_TF: u32 = 20;
const OBJECTS: u32 = 31;
const OBJECT: u32 = 32;
const USER_OBJECT: u32 = 33;
export const LAST_TF: u32 = 33;

/** Nodes whose operator TensorFlow knows, and all that look like nodes. */
export let knownNodes: u64 = 0;
export let anyNodes: u64 = 0;

export function openSavedModel(): void {
  knownNodes = 0;
  anyNodes = 0;
}

export function savedModelRole(kind: u32, field: u32, wire: u32): u32 {
  if (wire != LENGTH) return PASS;
  switch (kind) {
    // Field 1 is a function of a library, or the description of a meta graph.
    case META_GRAPH: return field == 1 ? FUNCTION_DEF : field == 2 ? GRAPH_DEF : field == 6 ? ASSET : field == 7 ? OBJECTS : PASS;
    case GRAPH_DEF: return field == 1 ? NODE_DEF : field == 2 ? LIBRARY : PASS;
    case LIBRARY: return field == 1 ? FUNCTION_DEF : PASS;
    case FUNCTION_DEF: return field == 1 ? SIGNATURE : field == 3 ? NODE_DEF : PASS;
    case SIGNATURE: return field == 1 ? TEXT : PASS;
    case NODE_DEF: return field == 5 ? ATTRIBUTE_ENTRY : field == 2 ? TEXT : PASS;
    case ATTRIBUTE_ENTRY: return field == 2 ? ATTRIBUTE_VALUE : field == 1 ? TEXT : PASS;
    case ATTRIBUTE_VALUE: return field == 1 ? VALUE_LIST : field == 10 ? FUNCTION_NAME : field == 2 ? TEXT : PASS;
    case VALUE_LIST: return field == 9 ? FUNCTION_NAME : PASS;
    case FUNCTION_NAME: return field == 1 ? TEXT : PASS;
    case ASSET: return field == 2 ? TEXT : PASS;
    case OBJECTS: return field == 1 ? OBJECT : PASS;
    case OBJECT: return field == 4 ? USER_OBJECT : PASS;
    case USER_OBJECT: return kerasRole(field, 1, 3);
  }
  return PASS;
}

export function savedModelText(task: Task, field: u32, ptr: usize, size: usize): void {
  const frame = topFrame();
  if (frame.kind == ATTRIBUTE_VALUE) outerFrame().setSecond(ptr, size);
  else if (frame.kind == ASSET) judgeAsset(task, ptr, size);
  else if (frame.kind == NODE_DEF && field == 2) frame.setSecond(ptr, size);
  else frame.setFirst(ptr, size);
}

/** A message has been read. */
export function savedModelLeft(task: Task, frame: Frame): void {
  const before = mark();
  switch (frame.kind) {
    case NODE_DEF: judgeOperator(task, frame.second, frame.secondSize, true); break;
    case FUNCTION_NAME: judgeOperator(task, frame.first, frame.firstSize, false); break;
    case SIGNATURE: defineOp(hashBytes(frame.first, frame.firstSize)); break;
    case ATTRIBUTE_ENTRY: judgeAttribute(task, frame);
  }
  release(before);
}

/** A node's operator, or a function that is named in a node's attributes. */
function judgeOperator(task: Task, name: usize, size: usize, isNode: bool): void {
  const text = textAt(name, size);
  if (size == 0 || !text.consistsOf('_>./-')) return;
  const tier = tierOfOp(name, size);
  if (isNode) {
    anyNodes++;
    if (tier != 0) knownNodes++;
  }
  if (tier == DANGEROUS_OP) {
    report(TF_DANGEROUS_OP, task, task.pos, newOutput().put('Has the operator ').shown(text).put(', which reads or writes any file, or calls Python.'), text);
  } else if (tier == SUSPICIOUS_OP) {
    report(TF_SUSPICIOUS_OP, task, task.pos, newOutput().put('Has the operator ').shown(text).put(', which reaches files or the network.'), text);
  } else if (isNode && tier != ALLOWED_OP) useOp(hashBytes(name, size), hashBytes(name, size), task.pos, name, size);
}

/** PrintV2 writes to a file where its output stream is one. */
function judgeAttribute(task: Task, frame: Frame): void {
  if (!textAt(frame.first, frame.firstSize).is('output_stream')) return;
  const stream = textAt(frame.second, frame.secondSize);
  if (!stream.startsWith('file:')) return;
  report(TF_DANGEROUS_OP, task, task.pos, newOutput().put('Prints into a file: ').shown(stream), stream);
}

/** Loaders join the names of assets to the directory of assets. */
function judgeAsset(task: Task, ptr: usize, size: usize): void {
  if (size == 0 || !isHostilePath(ptr, size)) return;
  const before = mark();
  const path = textAt(ptr, size);
  report(TF_ASSET_PATH, task, task.pos, newOutput().put('Names an asset that lies outside of the model: ').shown(path), path);
  release(before);
}

/** At the end of what turned out to be a graph. */
export function finishSavedModel(task: Task, isWhole: bool): void {
  if (!isWhole) reportPlain(PROTOBUF_BROKEN, task, task.pos, 'Is a TensorFlow graph that is broken or cut off.');
}

export function reportForeignTfOps(task: Task): void {
  reportForeignOps(task, TF_FOREIGN_OP, 'Has an operator that TensorFlow does not have, which needs foreign code: ');
}
