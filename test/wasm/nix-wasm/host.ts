// A host for modules of `builtins.wasm`: the functions of the published Nix WASM host interface, with the
// behaviour that its description gives them. Each call gets a fresh instance, as there.

import { readFileSync } from 'node:fs';
import { forced, NixPath, NixThunk, type NixFunction, type NixValue } from './nix-values.ts';

/** What `panic`, a function that fails or a trap throws away the instance with. */
export class NixError extends Error {}

/** Every function of the interface: a module may import these from `env`, and nothing else. */
export const INTERFACE = [
  'panic', 'warn', 'get_type', 'make_int', 'get_int', 'make_float', 'get_float', 'make_bool', 'get_bool',
  'make_null', 'make_string', 'copy_string', 'make_path', 'copy_path', 'make_list', 'copy_list', 'make_attrset',
  'copy_attrset', 'copy_attrname', 'get_attr', 'call_function', 'make_app', 'read_file',
] as const;

type HostFunction = (...parameters: never[]) => number | bigint | undefined;
type Forced = ReturnType<typeof forced>;

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

export interface CallOptions {
  /** What a file holds; reads the disk otherwise. */
  readonly readFile?: (path: string) => Uint8Array;
}

/** `builtins.wasm { path; function; } argument`. */
export function callWasm(
  module: WebAssembly.Module,
  name: string,
  argument: NixValue,
  options: CallOptions = {},
): NixValue {
  const host = new WasmHost(options);
  const { exports } = new WebAssembly.Instance(module, { env: host.functions() });
  host.memory = exports['memory'] as WebAssembly.Memory;
  const [prepare, run] = [exports['nix_wasm_init_v1'], exports[name]] as [() => void, (id: number) => number];
  prepare();
  return forced(host.value(run(host.add(argument)) >>> 0));
}

class WasmHost {
  memory: WebAssembly.Memory | undefined;
  readonly #readFile: (path: string) => Uint8Array;
  /** By their numbers. 0 is none: a missing attribute. */
  readonly #values: NixValue[] = [null];

  constructor({ readFile = readFileSync }: CallOptions) {
    this.#readFile = readFile;
  }

  add(value: NixValue): number {
    return this.#values.push(value) - 1;
  }

  value(id: number): NixValue {
    const value = id === 0 ? undefined : this.#values[id];
    if (value === undefined) throw new NixError(`invalid ValueId ${id}`);
    return value;
  }

  functions(): Record<(typeof INTERFACE)[number], HostFunction> {
    return { ...this.#scalars(), ...this.#texts(), ...this.#compounds(), ...this.#calls() };
  }

  #scalars() {
    return {
      panic: (ptr: number, len: number): undefined => {
        throw new NixError(this.#text(ptr, len));
      },
      warn: (ptr: number, len: number): undefined => {
        this.#text(ptr, len);
      },
      get_type: (id: number) => typeOf(forced(this.value(id))),
      make_int: (value: bigint) => this.add(value),
      get_int: (id: number) => this.#typed(id, 'bigint') as bigint,
      make_float: (value: number) => this.add(value),
      get_float: (id: number) => this.#typed(id, 'number') as number,
      make_bool: (value: number) => this.add(value !== 0),
      get_bool: (id: number) => Number(this.#typed(id, 'boolean')),
      make_null: () => this.add(null),
    };
  }

  #texts() {
    return {
      make_string: (ptr: number, len: number) => this.add(this.#text(ptr, len)),
      copy_string: (id: number, ptr: number, max: number) => {
        return this.#copy(encoder.encode(this.#typed(id, 'string') as string), ptr, max);
      },
      make_path: (base: number, ptr: number, len: number) => {
        return this.add(new NixPath(new URL(this.#text(ptr, len), `file://${this.#path(base)}`).pathname));
      },
      copy_path: (id: number, ptr: number, max: number) => {
        return this.#copy(encoder.encode(this.#path(id)), ptr, max);
      },
      read_file: (id: number, ptr: number, max: number) => {
        const value = forced(this.value(id));
        // The interface speaks of paths; its implementation takes what readFile takes.
        const path = value instanceof NixPath ? value.path : value;
        if (typeof path !== 'string' || !path.startsWith('/')) throw new NixError('not a path');
        const bytes = this.#readFile(path);
        if (bytes.length > 0xffff_ffff) throw new NixError('file is too large');
        return this.#copy(bytes, ptr, max);
      },
    };
  }

  #compounds() {
    return {
      make_list: (ptr: number, len: number) => {
        return this.add(this.#words(ptr, len).map((id) => this.value(id)));
      },
      copy_list: (id: number, ptr: number, max: number) => {
        const list = this.#list(id);
        if (list.length <= max) this.#store(ptr, list.map((element) => this.add(element)));
        return list.length;
      },
      make_attrset: (ptr: number, len: number) => {
        const words = this.#words(ptr, 3 * len);
        const rows = Array.from({ length: len }, (_, row) => words.slice(3 * row).slice(0, 3));
        const memberOf = ([at = 0, size = 0, id = 0]: number[]): [string, NixValue] => {
          return [this.#text(at, size), this.value(id)];
        };
        return this.add(new Map(rows.map(memberOf)));
      },
      copy_attrset: (id: number, ptr: number, max: number) => {
        const rows = [...this.#attributes(id)];
        if (rows.length > max) return rows.length;
        this.#range(ptr, 8 * max);
        this.#store(ptr, rows.flatMap(([name, value]) => [this.add(value), Buffer.byteLength(name)]));
        return rows.length;
      },
      copy_attrname: (id: number, index: number, ptr: number, len: number): undefined => {
        const name = [...this.#attributes(id).keys()][index];
        if (name === undefined) throw new NixError('attribute index out of bounds');
        const bytes = encoder.encode(name);
        if (bytes.length !== len) throw new NixError('buffer length does not match');
        this.#range(ptr, len).set(bytes);
      },
      get_attr: (id: number, ptr: number, len: number) => {
        const value = this.#attributes(id).get(this.#text(ptr, len));
        return value === undefined ? 0 : this.add(value);
      },
    };
  }

  #calls() {
    return {
      call_function: (id: number, ptr: number, len: number) => {
        const values = this.#words(ptr, len).map((argument) => this.value(argument));
        return this.add((this.#typed(id, 'function') as NixFunction)(...values));
      },
      make_app: (id: number, ptr: number, len: number) => {
        const values = this.#words(ptr, len).map((argument) => this.value(argument));
        return this.add(new NixThunk(() => (this.#typed(id, 'function') as NixFunction)(...values)));
      },
    };
  }

  /** Memory of the guest; a range outside of it is an error. */
  #range(ptr: number, len: number): Uint8Array {
    const buffer = this.memory?.buffer ?? new ArrayBuffer(0);
    if ((ptr >>> 0) + (len >>> 0) > buffer.byteLength) throw new NixError('memory access out of bounds');
    return new Uint8Array(buffer, ptr >>> 0, len >>> 0);
  }

  #text(ptr: number, len: number): string {
    return decoder.decode(this.#range(ptr, len));
  }

  #words(ptr: number, count: number): number[] {
    const bytes = this.#range(ptr, 4 * count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: count }, (_, index) => view.getUint32(4 * index, true));
  }

  #store(ptr: number, words: readonly number[]): void {
    const bytes = this.#range(ptr, 4 * words.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true);
  }

  /** The real length; nothing is copied where it is more than `max`. */
  #copy(bytes: Uint8Array, ptr: number, max: number): number {
    if (bytes.length <= max >>> 0) this.#range(ptr, max).set(bytes);
    return bytes.length;
  }

  #typed(id: number, type: string): Forced {
    const value = forced(this.value(id));
    if (typeof value !== type) throw new NixError(`value is no ${type}`);
    return value;
  }

  #path(id: number): string {
    const value = forced(this.value(id));
    if (!(value instanceof NixPath)) throw new NixError('expects a path value');
    return value.path;
  }

  #list(id: number): readonly NixValue[] {
    const value = forced(this.value(id));
    if (!Array.isArray(value)) throw new NixError('value is no list');
    return value as readonly NixValue[];
  }

  #attributes(id: number): ReadonlyMap<string, NixValue> {
    const value = forced(this.value(id));
    if (!(value instanceof Map)) throw new NixError('value is no set');
    return value as ReadonlyMap<string, NixValue>;
  }
}

/** By the interface's numbers. */
function typeOf(value: Forced): number {
  if (value === null) return 6;
  if (value instanceof NixPath) return 5;
  if (Array.isArray(value)) return 8;
  const types: Partial<Record<string, number>> = { bigint: 1, number: 2, boolean: 3, string: 4, function: 9 };
  return types[typeof value] ?? 7;
}
