// Models that are protobuf messages: ONNX, TensorFlow's SavedModel and GraphDef, Keras' keras_metadata.pb. They have no magic, and
// whoever writes one may put its fields in any order. So one walk reads a content as all of them at once:
// what tells them apart are fields that have other numbers or other types, and what was found decides in
// the end what it is, if anything.
//
//   field    ONNX's ModelProto     SavedModel, GraphDef
//   1        a number              a number; or a message: a node
//   2        a text                a message: a meta graph, or the library of functions
//   7        a message: the graph
//   8        a message: an operator set
//   20, 25   training, functions

import { PROTOBUF_BROKEN } from '../../build/generated/scan-rules';
import { renameFormat, reportPlain } from './findings';
import {
  ENTRY, finishOnnx, FUNCTION, GRAPH, LAST_ONNX, onnxEntered, onnxGraphs, onnxLeft, onnxNumber, onnxParts, onnxRole, onnxText,
  openOnnx, OPERATOR_SET, operatorSets, reportCustomDomains, TRAINING,
} from './onnx';
import { openOpNames } from './op-names';
import { KERAS_IDENTIFIER, KERAS_METADATA, NUMBER, PASS, TEXT } from './proto-roles';
import {
  BROKEN, currentDepth, cutOff, enterField, field, FINISHED, FIXED32, frameAt, isOutermost, leaveMessage, LEFT, LENGTH, nextField,
  number, openProtobuf, passField, passFrame, payload, payloadAt, topFrame, VARINT, wantPayload, wire,
} from './protobuf';
import {
  anyNodes, FIRST_TF, finishSavedModel, knownNodes, LAST_TF, META_GRAPH, NODE_DEF, openSavedModel, reportForeignTfOps,
  savedModelLeft, savedModelRole, savedModelText, SIGNATURE,
} from './saved-model';
import { judgeMetadata, kerasObjects, kerasRole, noteIdentifier, openSavedKeras } from './saved-keras';
import { DONE, MORE, Task } from './task';

/** What it tells its parent (childResult): it was one, or it was data that runs nothing. */
export const WAS_MODEL: u32 = 4;

const START: u32 = 0;
const READ: u32 = 1;

/** The outermost message, and field 1 of it as a message. */
const MODEL: u32 = 50;
/** Bytes of a text that are looked at: more than any path has. */
const MAX_TEXT_BYTES: usize = 4097;
/** No version of a format is higher. */
const MAX_VERSION: u64 = 1000;

/** The number in field 1 of the outermost message. */
let version: u64 = 0;
/** The number in field 2: the type of a tensor that stands alone. */
let tensorType: u64 = 0;
/** Which messages of the outermost one could not be read to their ends. */
let onnxBroken = false;
let graphBroken = false;
let nodeBroken = false;
/** The outermost message itself. */
let isBroken = false;
/** Fields of the outermost message that are numbers, and others. */
let numbers: u32 = 0;
let others: u32 = 0;
/** Fields 1 that are pieces of a vocabulary: a text and its weight. */
let pieces: u32 = 0;

export function stepProtobuf(task: Task): u32 {
  if (task.step == START) open(task);
  for (;;) {
    const what = nextField(task);
    if (what == MORE) return MORE;
    if (what == FINISHED) break;
    if (what == LEFT) leave(task);
    else if (what == BROKEN || !visit(task)) {
      if (what != BROKEN && !task.ended) return MORE;
      if (!recover(task)) break;
    }
  }
  return finish(task);
}

function open(task: Task): void {
  openProtobuf(task, MODEL);
  openOpNames();
  openOnnx();
  openSavedModel();
  openSavedKeras();
  version = 0;
  tensorType = 0;
  onnxBroken = false;
  graphBroken = false;
  nodeBroken = false;
  isBroken = false;
  numbers = 0;
  others = 0;
  pieces = 0;
  task.step = READ;
}

/** False where bytes are lacking. */
function visit(task: Task): bool {
  const kind = topFrame().kind, role = roleOf(kind);
  if (role == KERAS_METADATA) {
    if (!judgeMetadata(task)) return false;
  } else if (role == TEXT || role == KERAS_IDENTIFIER) {
    const size = <usize>min<u64>(payload, <u64>MAX_TEXT_BYTES);
    if (!wantPayload(task, size)) return false;
    if (role == KERAS_IDENTIFIER) noteIdentifier(payloadAt(task), size);
    else if (kind <= LAST_ONNX) onnxText(task, field, payloadAt(task), size);
    else savedModelText(task, field, payloadAt(task), size);
  } else if (role == NUMBER) {
    if (kind != MODEL) onnxNumber();
    else if (field == 1) version = number;
    else tensorType = number;
  } else if (role != PASS) return enter(task, role);
  passField(task);
  return true;
}

function enter(task: Task, kind: u32): bool {
  if (enterField(task, kind)) {
    if (kind <= LAST_ONNX) onnxEntered(kind);
  } else recover(task);
  return true;
}

function roleOf(kind: u32): u32 {
  if (kind <= LAST_ONNX) return onnxRole(kind, field, wire);
  if (kind == NODE_DEF && field == 2 && wire == FIXED32) pieces++;
  // keras_metadata.pb: objects in the place of nodes.
  if (kind == NODE_DEF && currentDepth() == 1 && wire == LENGTH) {
    const keras = kerasRole(field, 4, 5);
    if (keras != PASS) return keras;
  }
  if (kind >= FIRST_TF && kind <= LAST_TF) return savedModelRole(kind, field, wire);
  if (wire == VARINT) numbers++;
  else others++;
  if (wire == VARINT) return field <= 2 ? NUMBER : PASS;
  if (wire != LENGTH) return PASS;
  switch (field) {
    case 1: return NODE_DEF;
    case 2: return META_GRAPH;
    case 7: return GRAPH;
    case 8: return OPERATOR_SET;
    case 13: return ENTRY;
    case 20: return TRAINING;
    case 25: return FUNCTION;
  }
  return PASS;
}

function leave(task: Task): void {
  const frame = topFrame();
  if (frame.kind <= LAST_ONNX) onnxLeft(task, frame);
  else savedModelLeft(task, frame);
  leaveMessage();
}

/** Behind what could not be read; false where that is the outermost message itself. */
function recover(task: Task): bool {
  if (isOutermost()) {
    isBroken = true;
    return false;
  }
  // The description of a meta graph, read as a function, has a text in the place of a signature.
  if (topFrame().kind == SIGNATURE) {
    passFrame(task, currentDepth());
    return true;
  }
  const kind = frameAt(1).kind;
  if (kind == META_GRAPH) graphBroken = true;
  else if (kind == NODE_DEF) nodeBroken = true;
  else onnxBroken = true;
  passFrame(task, 1);
  return true;
}

function finish(task: Task): u32 {
  const isWhole = !isBroken && !cutOff;
  const isOnnx = (onnxGraphs > 0 && onnxParts > 0) || (isVersion() && operatorSets > 0);
  const isGraph = knownNodes > 0 || (isVersion() && anyNodes > 0);
  if (isOnnx) {
    renameFormat('pickle', 'onnx');
    finishOnnx(task, isWhole && !onnxBroken, isVersion());
    reportCustomDomains(task);
  }
  if (isGraph) {
    renameFormat('pickle', isVersion() ? 'saved-model' : 'graph-def');
    finishSavedModel(task, isWhole && !graphBroken && !nodeBroken);
    if (!isOnnx) reportForeignTfOps(task);
  }
  const isKeras = kerasObjects > 0 && !isGraph && !isOnnx;
  if (isKeras) {
    renameFormat('pickle', 'keras-metadata');
    if (!isWhole || nodeBroken) reportPlain(PROTOBUF_BROKEN, task, task.pos, 'Is metadata of Keras that is broken or cut off.');
  }
  const isModel = isOnnx || isGraph || isKeras || (isWhole && isData());
  task.childResult = isModel ? WAS_MODEL : 0;
  task.pos = task.end;
  return DONE;
}

@inline
function isVersion(): bool {
  return version > 0 && version <= MAX_VERSION;
}

/** What lies beside models and is nothing but data. */
function isData(): bool {
  if (tensorType > 0 && tensorType <= MAX_VERSION && others > 0 && others < 4) {
    renameFormat('pickle', 'onnx-tensor');
    return true;
  }
  if (numbers >= 3 && others <= 1) {
    renameFormat('pickle', 'tf-fingerprint');
    return true;
  }
  if (pieces == 0 || numbers > 0) return false;
  renameFormat('pickle', 'sentencepiece');
  return true;
}
