// GGUF inside a scan: its header by all rules, as gguf.ts reads it; its chat templates; and what lies
// behind its tensors.

import { entries } from '../gguf/metadata';
import { mark, release } from '../abi';
import { FORMAT_LIMIT } from '../../build/generated/status';
import { GGUF_HEADER, GGUF_LIMIT, TRAILING_DATA } from '../../build/generated/scan-rules';
import { readHeader, trailingBytes } from '../gguf';
import { lacking } from '../gguf/reader';
import { TYPE_STRING } from '../gguf/values';
import { begin, ok, problemSentence, problemStatus } from '../problem';
import { report, reportPlain } from './findings';
import { judgeTemplate } from './jinja/judge';
import { AGAIN, DONE, MORE, Task, WINDOW_BYTES } from './task';
import { MAX_WHOLE_BYTES, whole, wholeAt } from './whole';

const HEADER: u32 = 0;
const TRAILING: u32 = 1;

/** Bytes that are read first, and how many times as many next: nothing says how long the header is. */
const FIRST_BYTES: u64 = 64 * 1024;
const GROWTH: u64 = 4;

@unmanaged
class State {
  /** Bytes from the start that the header is known to have at least. */
  needed: u64;
}

export function stepGguf(task: Task): u32 {
  if (task.step == TRAILING) return trailing(task);
  const before = mark();
  const what = header(task, changetype<State>(task.state));
  release(before);
  return what;
}

function header(task: Task, state: State): u32 {
  const size = task.left;
  if (state.needed == 0) state.needed = min(FIRST_BYTES, size);
  if (!whole(task, <usize>state.needed)) return task.ended ? DONE : MORE;
  begin();
  readHeader(wholeAt, <usize>state.needed, size);
  if (!ok()) {
    report(problemStatus() == FORMAT_LIMIT ? GGUF_LIMIT : GGUF_HEADER, task, task.pos, problemSentence());
    return DONE;
  }
  if (lacking > 0) {
    state.needed = min(size, max(lacking, min(state.needed * GROWTH, MAX_WHOLE_BYTES)));
    return AGAIN;
  }
  judgeTemplates(task);
  const rest = trailingBytes(size);
  if (rest == 0) return DONE;
  task.step = TRAILING;
  task.pos = task.end - rest;
  return AGAIN;
}

/** `tokenizer.chat_template`, and those with a name of their own behind it. */
function judgeTemplates(task: Task): void {
  for (let i = 0; i < entries.count; i++) {
    const entry = entries.at(i);
    if (entry.type != TYPE_STRING || !entry.key.startsWith('tokenizer.chat_template')) continue;
    judgeTemplate(task, task.pos + <u64>(entry.text.ptr - wholeAt), entry.text);
  }
}

/** Some writers pad the end. */
function trailing(task: Task): u32 {
  const size = task.left;
  let zeros: usize = 0;
  if (size <= <u64>WINDOW_BYTES) {
    if (!task.want(<usize>size)) return task.ended ? DONE : MORE;
    while (zeros < <usize>size && load<u8>(task.here + zeros) == 0) zeros++;
  }
  if (<u64>zeros < size) reportPlain(TRAILING_DATA, task, task.pos + <u64>zeros, 'Something follows behind the last tensor.');
  return DONE;
}
