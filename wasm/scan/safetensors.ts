// safetensors inside a scan: its header by all rules, as safetensors/header.ts reads it. It runs nothing;
// a file that breaks the rules is one that no reader accepts, or one in which two readers see two things.

import { mark, release } from '../abi';
import { FORMAT_LIMIT } from '../../build/generated/status';
import { SAFETENSORS_AMBIGUOUS, SAFETENSORS_HEADER, SAFETENSORS_LIMIT } from '../../build/generated/scan-rules';
import { begin, ok, problemSentence, problemStatus } from '../problem';
import { headerSize, isAmbiguous, LENGTH_BYTES, readHeader } from '../safetensors/header';
import { textAt } from '../text';
import { report, reportPlain } from './findings';
import { DONE, MORE, Task } from './task';
import { whole, wholeAt } from './whole';

/** Leaves the position where it is: the content is tried as other formats as well. */
export function stepSafetensors(task: Task): u32 {
  const before = mark();
  const what = judge(task);
  release(before);
  return what;
}

function judge(task: Task): u32 {
  if (!task.want(<usize>LENGTH_BYTES)) return task.ended ? cutOff(task) : MORE;
  begin();
  const size = headerSize(textAt(task.here, <usize>LENGTH_BYTES), task.left);
  if (ok()) {
    if (!whole(task, <usize>size)) return task.ended ? cutOff(task) : MORE;
    const header = textAt(wholeAt + <usize>LENGTH_BYTES, <usize>(size - LENGTH_BYTES));
    readHeader(header, task.left - size, null);
  }
  if (!ok()) report(ruleOf(problemStatus()), task, task.pos, problemSentence());
  return DONE;
}

function ruleOf(status: u32): u32 {
  if (status == FORMAT_LIMIT) return SAFETENSORS_LIMIT;
  return isAmbiguous ? SAFETENSORS_AMBIGUOUS : SAFETENSORS_HEADER;
}

function cutOff(task: Task): u32 {
  reportPlain(SAFETENSORS_HEADER, task, task.pos, 'The safetensors file ends before its header does.');
  return DONE;
}
