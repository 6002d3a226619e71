// The packed bytes that a decoder reads and the unpacked ones that it makes. A host keeps the window
// filled (decoder.ts); a decoder asks `need` for bytes and, where they are not there yet, answers MORE.
//
//   window:  | used ... at ===== packed ===== end | room | SLACK_BYTES |
//
// Reserved memory of fixed size. One decoder runs in an instance at a time.

import { reserve } from '../abi';

/** What a decoder's step answers, and a host reads. Bytes that were unpacked before count with any of them. */
export const MORE: u32 = 0; // the window lacks bytes
export const AGAIN: u32 = 1; // call it again
export const END: u32 = 2; // all of it is unpacked
export const BROKEN: u32 = 3;
/** A method, filter or size that these decoders do not take. */
export const CANNOT: u32 = 4;
/** Something that is not packed stands behind the end. */
export const TRAILING: u32 = 5;

/** A block of LZ4 is the largest unit that must be there as a whole: 4 MiB with its size and checksum. */
export const WINDOW_BYTES: usize = 4 * 1024 * 1024 + 64 * 1024;
/** Decoders look for the end now and then, and may read so far behind it in between. */
const SLACK_BYTES: usize = 512;
/** A host is asked for no less at a time. */
const READ_BYTES: usize = 64 * 1024;

/** The host reads the first five fields. */
@unmanaged
class Stream {
  status: u32;
  /** What the last step unpacked. */
  out: usize;
  outSize: usize;
  /** Where the host puts packed bytes next, and how many at most. */
  fillAt: usize;
  fillSize: usize;
  at: usize;
  end: usize;
  window: usize;
  /** No more packed bytes will come. */
  last: bool;
  /** What `need` lacked, in bytes from `at`. */
  lacking: usize;

  open(): void {
    if (this.window == 0) this.window = reserve(WINDOW_BYTES + SLACK_BYTES);
    this.at = this.window;
    this.end = this.window;
    this.last = false;
    this.lacking = 0;
    this.outSize = 0;
    this.askForMore();
  }

  @inline get have(): usize {
    return this.at < this.end ? this.end - this.at : 0;
  }

  /** Whether so many bytes are there. If not, and `last` is not set, answer MORE. */
  need(size: usize): bool {
    if (this.have >= size) return true;
    this.lacking = size;
    return false;
  }

  /** After a `need` in vain. */
  get lack(): u32 {
    return this.last ? BROKEN : MORE;
  }

  askForMore(): void {
    const have = this.have;
    if (have > 0) memory.copy(this.window, this.at, have);
    this.at = this.window;
    this.end = this.window + have;
    this.fillAt = this.end;
    this.fillSize = min(WINDOW_BYTES - have, max(READ_BYTES, this.lacking - min(have, this.lacking)));
  }
}

export const stream = changetype<Stream>(memory.data(offsetof<Stream>(), 8));
