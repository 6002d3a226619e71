// What Keras writes about its layers into a SavedModel (keras_metadata.pb, or the objects of an old
// saved_model.pb): a configuration each, as JSON, which keras-config.ts judges. Keras makes do with the
// graph where it does not know a class, so that classes of the model's author are no finding.

import { KERAS_UNREADABLE } from '../../build/generated/scan-rules';
import { reportPlain } from './findings';
import { judgeKerasConfig } from './keras-config';
import { makeFromGraph } from './keras-object';
import { headBytes, payload, topFrame } from './protobuf';
import { KERAS_IDENTIFIER, KERAS_METADATA, PASS } from './proto-roles';
import { Task } from './task';
import { whole, wholeAt } from './whole';

/** Of one layer, or of a model with all of its layers. */
const MAX_METADATA_BYTES: u64 = 16 * 1024 * 1024;
/** A message's flag: its identifier is one of Keras. */
const OF_KERAS: u32 = 1;

/** Objects of Keras. */
export let kerasObjects: u64 = 0;

export function openSavedKeras(): void {
  kerasObjects = 0;
}

/** What a message's identifier and metadata are, where their fields have these numbers. */
export function kerasRole(field: u32, identifier: u32, metadata: u32): u32 {
  if (field == identifier) return KERAS_IDENTIFIER;
  return field == metadata && (topFrame().flags & OF_KERAS) != 0 ? KERAS_METADATA : PASS;
}

/** `_tf_keras_layer`, `_tf_keras_model`, … */
export function noteIdentifier(ptr: usize, size: usize): void {
  const prefix = '_tf_keras_';
  if (size < <usize>prefix.length) return;
  for (let i = 0; i < prefix.length; i++) if (<u32>load<u8>(ptr + i) != <u32>prefix.charCodeAt(i)) return;
  topFrame().flags |= OF_KERAS;
  kerasObjects++;
}

/** Whether it has been judged; false where bytes are lacking. */
export function judgeMetadata(task: Task): bool {
  if (payload > MAX_METADATA_BYTES) {
    reportPlain(KERAS_UNREADABLE, task, task.pos, 'The configuration of a layer is longer than 16 MiB.');
    return true;
  }
  if (payload == 0) return true;
  if (!whole(task, headBytes() + <usize>payload)) return false;
  makeFromGraph(true);
  judgeKerasConfig(task, task.pos, wholeAt + headBytes(), <usize>payload);
  makeFromGraph(false);
  return true;
}
