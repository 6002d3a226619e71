// A file in memory as inspect reads one: by parts, which are counted.

import { type ModelFile, inspectModelFile } from '../../src/core/inspect.ts';

export interface CountedInspection {
  readonly file: ModelFile;
  readonly requests: number;
  readonly bytes: number;
}

/** `name` is only a name: the content decides. */
export async function inspectBytes(data: Uint8Array, name = 'file'): Promise<CountedInspection> {
  let requests = 0, bytes = 0;
  const file = await inspectModelFile((offset, length) => {
    requests++;
    bytes += length;
    if (offset + length > data.length) throw new Error(`reads ${length} bytes at ${offset} of ${data.length}`);
    return Promise.resolve(data.subarray(offset, offset + length));
  }, data.length, name);
  return { file, requests, bytes };
}
