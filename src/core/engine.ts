// Which engine hashes: Node's own (OpenSSL, which uses the processor's SHA instructions where there
// are any) or the WASM core. `auto` measures both on this machine, a few milliseconds once per
// process, because which one is quicker depends on the processor and on how OpenSSL was built.

import { createHash } from 'node:crypto';
import { CoreInstance } from './instance.ts';
import { LANES } from './lanes.ts';
import { loadModule } from './module.ts';

export type Engine = 'auto' | 'native' | 'wasm';

/** Bytes per millisecond on one core. */
export interface EngineSpeeds {
  readonly native: number;
  /** The WASM core on one message. */
  readonly single: number;
  /** The WASM core on four messages, all of them together. */
  readonly lanes: number;
}

const SAMPLE_BYTES = 16 * 1024;
/** Long enough for V8 to put its optimised code in place of the first, quickly made one. */
const SAMPLE_MS = 5;

let measured: EngineSpeeds | undefined;

/** The engine for `messages` messages at once on one core. */
export function chooseEngine(engine: Engine, messages: number): 'native' | 'wasm' {
  if (engine !== 'auto') return engine;
  measured ??= measureEngines();
  const wasm = messages < 2 ? measured.single : (measured.lanes * Math.min(messages, LANES)) / LANES;
  return wasm > measured.native ? 'wasm' : 'native';
}

export function measureEngines(): EngineSpeeds {
  const core = new CoreInstance(loadModule());
  const data = core.raw('reserve', SAMPLE_BYTES);
  const state = core.raw('hashopen', 0);
  const table = core.raw('lanesopen');
  const sample = new Uint8Array(SAMPLE_BYTES);
  return {
    native: speed(SAMPLE_BYTES, () => createHash('sha256').update(sample).digest()),
    single: speed(SAMPLE_BYTES, () => core.raw('hashupdate', state, data, SAMPLE_BYTES)),
    lanes: speed(SAMPLE_BYTES * LANES, () =>
      core.raw('lanesrun', table, data, data, data, data, SAMPLE_BYTES / 64),
    ),
  };
}

/** The best of many short runs: whatever else the machine does only makes a run slower. */
function speed(bytes: number, run: () => unknown): number {
  const end = performance.now() + SAMPLE_MS;
  let best = Infinity;
  do {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return bytes / best;
}
