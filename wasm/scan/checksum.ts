// The checksum of a zip's member, over the bytes as they come by: compared where all of the member was
// read from its beginning to its end, and only there. Nothing is read for its sake.

import { ARCHIVE_MISMATCH } from '../../build/generated/scan-rules';
import { reportPlain } from './findings';
import { NO_END, Task } from './task';

/** CRC-32 of every byte, and of every byte with one, two and three zeros behind it. */
const tables: usize = memory.data(4 * 256 * 4, 4);
let made: bool = false;

function makeTables(): void {
  made = true;
  for (let i: u32 = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    store<u32>(tables + (i << 2), crc);
  }
  for (let i: usize = 256; i < 1024; i++) {
    const before = load<u32>(tables + ((i - 256) << 2));
    store<u32>(tables + (i << 2), (before >>> 8) ^ load<u32>(tables + ((before & 255) << 2)));
  }
}

@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(tables + (table << 10) + (<usize>byte << 2));
}

function update(state: u32, at: usize, size: usize): u32 {
  let crc = state;
  const end = at + size;
  for (; at + 4 <= end; at += 4) {
    crc ^= load<u32>(at);
    crc = entry(3, crc & 255) ^ entry(2, (crc >>> 8) & 255) ^ entry(1, (crc >>> 16) & 255) ^ entry(0, crc >>> 24);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ entry(0, (crc & 255) ^ <u32>load<u8>(at));
  return crc;
}

/** The content of this task should have this checksum and, unpacked, this size. */
export function expectChecksum(task: Task, wanted: u32, size: u64): void {
  if (!made) makeTables();
  task.checks = true;
  task.wantedCrc = wanted;
  task.wantedSize = size;
  task.crc = u32.MAX_VALUE;
  task.crcTo = task.from;
  // What came along with the member's header.
  passChecksum(task, task.pos, task.here, task.have);
}

/** Bytes that were read for the task or for one that reads on in it. */
export function passChecksum(task: Task, from: u64, at: usize, size: usize): void {
  const to = from + <u64>size;
  if (!task.checks || from > task.crcTo || to <= task.crcTo) return;
  const known = <usize>(task.crcTo - from);
  task.crc = update(task.crc, at + known, size - known);
  task.crcTo = to;
}

/** At the end of a task. */
export function compareChecksum(task: Task): void {
  if (!task.checks || task.end == NO_END || task.crcTo != task.end) return;
  if (task.end - task.from != task.wantedSize) {
    reportPlain(ARCHIVE_MISMATCH, task, task.from, 'The member unpacks to another size than the directory of the zip says.');
  } else if (~task.crc != task.wantedCrc) {
    reportPlain(ARCHIVE_MISMATCH, task, task.from, 'The content of the member has another checksum than the directory of the zip says: torch reads it all the same, Python\'s zipfile does not.');
  }
}
