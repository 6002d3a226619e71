// Direct calls to the WASM core: arguments are copied in, the reply is copied out, the arena is
// emptied. core.ts and the typed wrappers beside it call `coreInstance().call`; the memory's layout
// is described in wasm/abi.ts.

import { codeOfStatus, type ErrorDetails, ModelError } from '../base/errors.ts';
import { type Build, chooseBuild, loadModule } from './module.ts';

/** A string (as UTF-8) or bytes become the two parameters ptr and len; a number stays one. */
export type CoreArgument = Uint8Array | string | number | bigint;

type CoreFunction = (...parameters: (number | bigint)[]) => number;

/** After a call that needed more, the instance is dropped: WASM memory cannot shrink. */
const KEPT_MEMORY_BYTES = 64 * 1024 * 1024;

const encoder = new TextEncoder();

export class CoreInstance {
  readonly exports: Readonly<Record<string, CoreFunction>>;
  readonly memory: WebAssembly.Memory;

  constructor(module: WebAssembly.Module) {
    const { memory, ...functions } = new WebAssembly.Instance(module).exports;
    this.memory = memory as WebAssembly.Memory;
    this.exports = functions as Record<string, CoreFunction>;
  }

  /** Calls an export that answers with a reply record. Throws the core's failures as ModelError. */
  call(name: string, ...values: readonly CoreArgument[]): Uint8Array {
    try {
      const record = this.raw(name, ...values.flatMap((value) => this.#parameters(value)));
      const [status, data] = this.#reply(record >>> 0);
      if (status === 0) return data;
      throw failure(status, new TextDecoder().decode(data));
    } finally {
      this.raw('reset');
    }
  }

  /** Calls any export with plain numbers: what reserves memory or works on reserved memory. */
  raw(name: string, ...parameters: readonly (number | bigint)[]): number {
    const target = this.exports[name];
    if (target === undefined) throw new ModelError('INTERNAL', `The WASM core has no export ${name}`);
    try {
      return target(...parameters);
    } catch (cause) {
      throw new ModelError('INTERNAL', `The WASM core stopped in ${name}`, { cause });
    }
  }

  /** The core's memory now. Growing detaches it: ask again after every call. */
  bytes(ptr: number, len: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, ptr, len);
  }

  #parameters(value: CoreArgument): (number | bigint)[] {
    if (typeof value === 'number' || typeof value === 'bigint') return [value];
    const data = typeof value === 'string' ? encoder.encode(value) : value;
    const ptr = this.raw('cabi_realloc', 0, 0, 1, data.length) >>> 0;
    this.bytes(ptr, data.length).set(data);
    return [ptr, data.length];
  }

  #reply(record: number): [status: number, data: Uint8Array] {
    const view = new DataView(this.memory.buffer, record, 12);
    const [status, ptr, len] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
    return [status, this.bytes(ptr, len).slice()];
  }
}

/** A failed call's data is JSON (wasm/problem.ts): the message and what ModelError has beside it. */
function failure(status: number, text: string): ModelError {
  const { message, ...details } = JSON.parse(text) as ErrorDetails & { message: string };
  return new ModelError(codeOfStatus(status), message, details);
}

const kept = new Map<Build, CoreInstance>();

/** The process's instance for calls that keep nothing between them. */
export function coreInstance(build: Build = chooseBuild()): CoreInstance {
  const found = kept.get(build);
  if (found !== undefined && found.memory.buffer.byteLength <= KEPT_MEMORY_BYTES) return found;
  const fresh = new CoreInstance(loadModule(build));
  kept.set(build, fresh);
  return fresh;
}
