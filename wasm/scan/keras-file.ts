// A configuration of Keras as a content of its own: config.json of a .keras file, or any JSON text of that
// shape, which `model.to_json()` writes.

import { KERAS_UNREADABLE } from '../../build/generated/scan-rules';
import { endsWithJson } from './file-name';
import { reportPlain } from './findings';
import { KERAS } from './keras-archive';
import { judgeKerasConfig } from './keras-config';
import { isJsonObject, isKerasConfig } from './keras-sniff';
import { DONE, MORE, Task } from './task';
import { MAX_WHOLE_BYTES, whole, wholeAt } from './whole';

/** Bytes of a text that is not named `.json` and may yet be such a configuration. */
const MAX_UNNAMED_BYTES: u64 = 4 * 1024 * 1024;

/** Whether a content that begins like this one has to be looked at. */
export function mayBeKerasConfig(task: Task): bool {
  if (!isJsonObject(task.here, task.have)) return false;
  if (endsWithJson(task.name, task.nameSize)) return !task.seekable || task.left <= MAX_WHOLE_BYTES;
  return task.seekable && task.left <= MAX_UNNAMED_BYTES;
}

/** Leaves the position where it is: the content is tried as other formats as well. */
export function stepKerasConfig(task: Task): u32 {
  const isCertain = task.mode == KERAS;
  if (task.left > MAX_WHOLE_BYTES) {
    if (isCertain) reportPlain(KERAS_UNREADABLE, task, task.pos, 'The configuration of the Keras model has more than 100 MB.');
    return DONE;
  }
  const size = <usize>task.left;
  if (!whole(task, size)) return task.ended ? DONE : MORE;
  if (isCertain || isKerasConfig(wholeAt, size)) judgeKerasConfig(task, task.pos, wholeAt, size);
  return DONE;
}
