// Streaming hashes of bytes that arrive in pieces. Downloads and NAR dumps use it; whole files on
// disk are quicker through hash-files.ts.

import { createHash } from 'node:crypto';
import type { HashAlgorithm } from './core.ts';
import { chooseEngine, type Engine } from './engine.ts';
import { CoreInstance } from './instance.ts';
import { loadModule } from './module.ts';

export interface Hasher {
  update(chunk: Uint8Array): void;
  /** Lower-case hexadecimal. Ends the hasher. */
  digest(): string;
}

export interface HasherOptions {
  readonly algorithm?: HashAlgorithm | undefined;
  /** Node's own when absent: one stream cannot use the lanes. `auto` measures, a pause of 20 ms. */
  readonly engine?: Engine | undefined;
}

export function createHasher({ algorithm = 'sha256', engine = 'native' }: HasherOptions = {}): Hasher {
  return chooseEngine(engine, 1) === 'native' ? nativeHasher(algorithm) : wasmHasher(algorithm);
}

function nativeHasher(algorithm: HashAlgorithm): Hasher {
  const hash = createHash(algorithm);
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    digest: () => hash.digest('hex'),
  };
}

/** Chunks pass through a window of this size, whatever their own size is. */
const WINDOW_BYTES = 64 * 1024;

/** Each hasher has an instance of its own, which goes with it: one or two pages of memory. */
export function wasmHasher(algorithm: HashAlgorithm, module = loadModule()): Hasher {
  const core = new CoreInstance(module);
  const window = core.raw('reserve', WINDOW_BYTES);
  const state = core.raw('hashopen', algorithm === 'sha512' ? 1 : 0);
  return {
    update: (chunk) => {
      for (let at = 0; at < chunk.length; at += WINDOW_BYTES) {
        const part = chunk.subarray(at, at + WINDOW_BYTES);
        core.bytes(window, part.length).set(part);
        core.raw('hashupdate', state, window, part.length);
      }
    },
    digest: () => Buffer.from(core.call('hashfinal', state)).toString('hex'),
  };
}
