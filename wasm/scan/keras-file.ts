// A configuration of Keras as a content of its own.

import { ARCHIVE_LIMIT } from '../../build/generated/scan-rules';
import { reportPlain } from './findings';
import { judgeKerasConfig } from './keras-config';
import { DONE, MORE, Task } from './task';
import { MAX_WHOLE_BYTES, whole, wholeAt } from './whole';

/** Leaves the position where it is: the content is tried as other formats as well. */
export function stepKerasConfig(task: Task): u32 {
  if (task.left > MAX_WHOLE_BYTES) {
    reportPlain(ARCHIVE_LIMIT, task, task.pos, 'Is a configuration of Keras of more than 100 MB.');
    return DONE;
  }
  const size = <usize>task.left;
  if (!whole(task, size)) return task.ended ? DONE : MORE;
  judgeKerasConfig(task, task.pos, wholeAt, size);
  return DONE;
}
