// Replies that report a failure: a status of src/base/error-codes.json and a line of text. Strings
// here must be literals: building one at run time would use AssemblyScript's allocator, which knows
// nothing of the arena in abi.ts and would write over it.

import { allocate, reply } from './abi';

/** How much of the offending input a message repeats. */
const QUOTE_BYTES: usize = 120;

/** A failure with a plain message. */
export function fail(status: u32, message: string): usize {
  const text = allocate(message.length * 3);
  return reply(status, text, putText(text, message));
}

/** A failure whose message ends with the input it is about: `message: "input"`. */
export function failOn(status: u32, message: string, ptr: usize, len: usize): usize {
  const shown = min(len, QUOTE_BYTES);
  const text = allocate(<usize>message.length * 3 + shown + 8);
  let end = text + putText(text, message);
  end += putText(end, ': "');
  memory.copy(end, ptr, shown);
  end += shown;
  end += putText(end, shown < len ? '…"' : '"');
  return reply(status, text, end - text);
}

/** Writes a literal as UTF-8; the number of bytes. */
export function putText(to: usize, text: string): usize {
  const length = text.length;
  let end = to;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      store<u8>(end++, unit as u8);
    } else {
      store<u8>(end, (0xe0 | (unit >> 12)) as u8);
      store<u8>(end, (0x80 | ((unit >> 6) & 0x3f)) as u8, 1);
      store<u8>(end, (0x80 | (unit & 0x3f)) as u8, 2);
      end += 3;
    }
  }
  return end - to;
}
