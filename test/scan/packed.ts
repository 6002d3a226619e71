// Compressed test data.

import { gzipSync, deflateSync } from 'node:zlib';

export const gzipped = (data: Uint8Array): Buffer => gzipSync(data);
export const zlibbed = (data: Uint8Array): Buffer => deflateSync(data);

/** `printf 'N.' | bzip2` and `| xz`: Node.js has neither. */
export const bzip2ed = Buffer.from('425a683931415926535902e5f2ec0000004000200030c0000021984619080bb9229c284817', 'hex');
export const xzed = Buffer.from('fd377a585a000004e6d6b446020021011600000074', 'hex');
