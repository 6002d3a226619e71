// One member of a zip: compares its own header with what the directory says, then becomes its content.
// The directory decides, as for torch and numpy; a header that says something else is reported, because
// other programs believe it.

import {
  ARCHIVE_BROKEN, ARCHIVE_MISMATCH, ARCHIVE_UNREADABLE,
} from '../../build/generated/scan-rules';
import { RAW } from '../pickle/modes';
import { expectChecksum } from './checksum';
import { BZIP2, DEFLATE, OPEN, UNKNOWN_METHOD, XZ, ZIP_LZMA, ZSTD } from './decoding';
import { reportPlain } from './findings';
import { CONTENT } from './format-ids';
import { hashBytes } from './hash64';
import { AGAIN, DONE, MORE, NO_END, Task, WINDOW_BYTES } from './task';

/** What the directory says, in a task's state. */
@unmanaged
export class Member {
  name: u64;
  packed: u64;
  unpacked: u64;
  nameSize: u32;
  flags: u32;
  method: u32;
  crc: u32;
  mode: u32;
  /** The format that the content is read as. */
  content: u32;
}

/** In the state of a member's content that an inspection reads: what the directory says. */
@unmanaged
export class MemberContent {
  size: u64;
}

const HEADER_BYTES: usize = 30;
const HEADER_SIGNATURE: u32 = 0x04034b50;
/** Encrypted, patched, strongly encrypted. */
const UNREADABLE_FLAGS: u32 = 0x61;
/** Sizes follow behind the content. */
const DESCRIPTOR_FLAG: u32 = 0x08;

export function stepZipMember(task: Task): u32 {
  const member = changetype<Member>(task.state);
  if (!task.want(HEADER_BYTES)) return task.ended ? broken(task) : MORE;
  const header = task.here;
  if (load<u32>(header) != HEADER_SIGNATURE) {
    reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The directory of the zip points at something that is no member.');
    return broken(task);
  }
  const nameSize = <usize>load<u16>(header, 26), size = HEADER_BYTES + nameSize + <usize>load<u16>(header, 28);
  if (HEADER_BYTES + nameSize > WINDOW_BYTES) return broken(task);
  if (!task.want(HEADER_BYTES + nameSize)) return task.ended ? broken(task) : MORE;
  compare(task, member, header, nameSize);
  if (!task.skip(<u64>size) || member.packed > task.left) return broken(task);
  return become(task, member);
}

function broken(task: Task): u32 {
  reportPlain(ARCHIVE_BROKEN, task, task.pos, 'A member of the zip is cut off or not where the directory says.');
  return DONE;
}

function compare(task: Task, member: Member, header: usize, nameSize: usize): void {
  const flags = <u32>load<u16>(header, 6);
  const sameName = member.nameSize == <u32>nameSize && member.name == hashBytes(header + HEADER_BYTES, nameSize);
  if (!sameName) reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The member calls itself by another name than the directory of the zip.');
  else if (((flags ^ member.flags) & UNREADABLE_FLAGS) != 0 || member.method != <u32>load<u16>(header, 8)) {
    reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The member says that it is compressed or encrypted otherwise than the directory of the zip.');
  } else if ((flags & DESCRIPTOR_FLAG) == 0 && !sameSizes(member, header)) {
    reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The member states another size or checksum than the directory of the zip.');
  }
}

function sameSizes(member: Member, header: usize): bool {
  const packed = load<u32>(header, 18), unpacked = load<u32>(header, 22);
  return load<u32>(header, 14) == member.crc && (packed == u32.MAX_VALUE || <u64>packed == member.packed)
    && (unpacked == u32.MAX_VALUE || <u64>unpacked == member.unpacked);
}

function become(task: Task, member: Member): u32 {
  const mode = member.mode, content = member.content, method = member.method;
  const packed = member.packed, unpacked = member.unpacked, crc = member.crc;
  if ((member.flags & UNREADABLE_FLAGS) != 0) {
    reportPlain(ARCHIVE_UNREADABLE, task, task.pos, 'The member is encrypted.');
    return DONE;
  }
  if (method == 0 && packed != unpacked) {
    reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The member is stored as it is, but is said to unpack to another size.');
  }
  task.format = content;
  task.step = 0;
  task.mode = mode;
  memory.fill(task.state, 0, offsetof<Member>());
  if (content != CONTENT) changetype<MemberContent>(task.state).size = unpacked;
  task.from = task.pos;
  if (method == 0) {
    task.end = task.pos + packed;
    task.limit = task.end;
    // Of a storage only the beginning is read.
    if (packed == unpacked && mode != RAW) expectChecksum(task, crc, unpacked);
    return AGAIN;
  }
  task.pending = OPEN;
  task.method = methodOf(method);
  task.packedFrom = task.pos;
  task.packedSize = packed;
  task.seekable = false;
  task.from = 0;
  task.pos = 0;
  task.windowAt = 0;
  task.windowSize = 0;
  // Without a mark at its end, only the directory says where LZMA ends.
  task.end = task.method == ZIP_LZMA ? unpacked : NO_END;
  task.limit = task.end;
  expectChecksum(task, crc, unpacked);
  return AGAIN;
}

/** A zip's numbers of methods (APPNOTE 4.4.5). */
function methodOf(method: u32): u32 {
  switch (method) {
    case 8: return DEFLATE;
    case 12: return BZIP2;
    case 14: return ZIP_LZMA;
    case 93: return ZSTD;
    case 95: return XZ;
  }
  return UNKNOWN_METHOD;
}
