// A record of a PyTorch checkpoint that is one word: `version`, `byteorder`, `.data/serialization_id`.

import { DONE, MORE, Task } from '../scan/task';
import { addMetadata } from './metadata';

/** More than any of them has. */
const MAX_RECORD_BYTES: usize = 256;

export function stepRecord(task: Task): u32 {
  if (!task.want(MAX_RECORD_BYTES) && !task.ended) return MORE;
  let size = min(task.have, MAX_RECORD_BYTES);
  while (size > 0 && load<u8>(task.here + size - 1) <= 0x20) size--;
  let begin = task.nameSize;
  while (begin > 0 && load<u8>(task.name + begin - 1) != 0x2f) begin--;
  if (size > 0) addMetadata(task.name + begin, task.nameSize - begin, task.here, size);
  task.pos = task.end;
  return DONE;
}
