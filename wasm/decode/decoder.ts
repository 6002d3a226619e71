// Unpacks what the hosts' own libraries do not: bzip2, xz, lzma, LZ4. A machine that its host drives, in
// an instance of its own (a scan asks its host to decode, wasm/scan/session.ts):
//
//   decodeopen(method)      begins; the numbers of wasm/scan/decoding.ts. The address of a record, or 0:
//     +0 u32 status   +4 u32 out, +8 u32 outSize: what was unpacked last
//     +12 u32 fillAt, +16 u32 fillSize: where packed bytes go, and how many at most
//   decodestep(size, last)  so many bytes were put there; `last`: no more will come. 0 after the first
//                           step of several. The record says what came of it (stream.ts)
//
// Streams that follow one another are read as one, as Python's modules do. The checksums inside are not
// compared: what is unpacked is judged whatever they say.

import { BZIP2, LZ4, LZMA, XZ, ZIP_LZMA } from '../scan/decoding';
import { openBzip2, stepBzip2 } from './bzip2';
import { openLz4, stepLz4 } from './lz4';
import { openAlone, openZipLzma, stepAlone } from './lzma-alone';
import { MORE, stream } from './stream';
import { openXz, stepXz } from './xz';

let method: u32 = 0;

export function decodeopen(wanted: u32): usize {
  method = wanted;
  switch (wanted) {
    case BZIP2: openBzip2(); break;
    case XZ: openXz(); break;
    case LZMA: openAlone(); break;
    case ZIP_LZMA: openZipLzma(); break;
    case LZ4: openLz4(); break;
    default: return 0;
  }
  stream.open();
  return changetype<usize>(stream);
}

export function decodestep(size: usize, last: u32): void {
  stream.end += min(size, stream.fillSize);
  stream.fillSize = 0;
  stream.last = last != 0;
  stream.outSize = 0;
  stream.status = step();
  if (stream.status == MORE) stream.askForMore();
}

/** An lzma may follow an xz and the other way round: Python tries both. */
export function become(other: u32): void {
  method = other;
}

function step(): u32 {
  switch (method) {
    case BZIP2: return stepBzip2();
    case LZ4: return stepLz4();
    case XZ: return stepXz();
  }
  return stepAlone();
}
