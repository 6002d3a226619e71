// Which engine hashes: Node's own (OpenSSL, which uses the processor's SHA instructions where there
// are any) or the WASM core. `auto` measures both on this machine, some milliseconds once per
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

const SAMPLE_BYTES = 8 * 1024;
const SAMPLE_MS = 20;

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
  const best = { native: Infinity, single: Infinity, lanes: Infinity };
  const end = performance.now() + SAMPLE_MS;
  do {
    // In turn, and the best of all turns: what else the machine does only makes a run slower, and
    // V8 puts its optimised code in place while this goes on.
    best.native = Math.min(best.native, time(() => createHash('sha256').update(sample).digest()));
    best.single = Math.min(best.single, time(() => core.raw('hashupdate', state, data, SAMPLE_BYTES)));
    best.lanes = Math.min(
      best.lanes,
      time(() => core.raw('lanesrun', table, data, data, data, data, SAMPLE_BYTES / 64)),
    );
  } while (performance.now() < end);
  return {
    native: SAMPLE_BYTES / best.native,
    single: SAMPLE_BYTES / best.single,
    lanes: (LANES * SAMPLE_BYTES) / best.lanes,
  };
}

/** Milliseconds. */
function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
