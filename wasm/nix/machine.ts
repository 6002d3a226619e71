// The scanner's machine (scan/session.ts), which inspects too, driven over the file in memory.

import { reply, reset } from '../abi';
import { KEEP, OPEN } from '../scan/decoding';
import { CANNOT, FINISHED, READ, REQUEST_BYTES, scanfeed, scanstep } from '../scan/session';
import { content, contentSize } from './file';

/** Steps to the end; a reply whose data is the report. */
export function runMachine(): usize {
  let record = step();
  while (load<u32>(record) == 0) {
    const request = <usize>load<u32>(record, 4);
    const kind = load<u32>(request);
    const size = <usize>load<u32>(record, 8);
    if (kind == FINISHED) return reply(0, request + REQUEST_BYTES, size - REQUEST_BYTES);
    if (kind == READ) scanfeed(read(request));
    else scanfeed(kind == OPEN || kind == KEEP ? CANNOT : 0);
    record = step();
  }
  return record;
}

/** The machine may reserve memory, which it can while the arena is empty. */
function step(): usize {
  reset();
  return scanstep();
}

/** Always of the file itself: no other source is ever opened. */
function read(request: usize): i64 {
  const offset = load<u64>(request, 8);
  if (offset >= <u64>contentSize) return 0;
  const size = min(load<u64>(request, 16), <u64>contentSize - offset);
  memory.copy(load<u32>(request, 24), content + <usize>offset, <usize>size);
  return <i64>size;
}
