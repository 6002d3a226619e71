// PROTO and FRAME, and the end of a frame.

import { PICKLE_FRAME } from '../../../build/generated/scan-rules';
import { fail, note } from '../machine';
import { advance, cursor, machine, placeStop, position, stop, task } from './window';

const HIGHEST_PROTOCOL: u32 = 5;

export function protocol(): void {
  const number = <u32>load<u8>(cursor + 1);
  if (number > HIGHEST_PROTOCOL) return fail('Is of a protocol that there is not.');
  machine.protocol = number;
  machine.announced = true;
  advance(2);
}

export function frame(): void {
  const size = load<u64>(cursor + 1), at = position(cursor);
  advance(9);
  if (machine.frameEnd != 0) {
    note(machine, PICKLE_FRAME, at, 'Begins a frame inside a frame.');
  }
  if (size > task.end - position(cursor)) {
    note(machine, PICKLE_FRAME, at, 'Has a frame that is longer than the file.');
    return fail('Ends in the middle of a frame.');
  }
  machine.frameEnd = position(cursor) + size;
  placeStop();
}

/** At the end of a frame, or behind it: false where the window ends here. */
export function passFrame(): bool {
  const here = position(cursor);
  if (machine.frameEnd != 0 && here >= machine.frameEnd) {
    if (here > machine.frameEnd) {
      note(machine, PICKLE_FRAME, here, 'An opcode goes on behind the end of its frame: versions of Python disagree about what follows.');
    }
    machine.frameEnd = 0;
    placeStop();
    return cursor < stop;
  }
  return false;
}
