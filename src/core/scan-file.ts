// Drives the scanner in the WASM core (wasm/scan/session.ts) over one file: reads and unpacks what it
// asks for, and hands back its report. Synchronous and in little memory, whatever the file; the workers
// of scan-files.ts call it.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ModelError } from '../base/errors.ts';
import { CoreInstance } from './instance.ts';
import { loadModule } from './module.ts';
import { bytesSource, canDecode, decodeWhole, DecodedSource, type PackedRange, type ScanSource } from './scan-source.ts';

export type Verdict = 'clean' | 'suspicious' | 'malicious' | 'unscannable';
export type Severity = 'note' | 'unscannable' | 'suspicious' | 'malicious';

export interface Finding {
  /** A rule of docs/scanning.md. */
  readonly rule: string;
  readonly severity: Severity;
  /** The member of an archive, `outer.zip!inner.pkl`; absent for the file itself. */
  readonly member?: string;
  /** Bytes from the beginning of the member. */
  readonly offset: number;
  /** The name that the finding is about: `os.system`. */
  readonly global?: string;
  readonly explanation: string;
  readonly remedy: string;
}

export interface ScanReport {
  /** What the file is, by its content. */
  readonly format: string;
  readonly verdict: Verdict;
  /** Bytes. */
  readonly size: number;
  /** Members of archives, pickles and opcodes that were looked at. */
  readonly members: number;
  readonly pickles: number;
  readonly opcodes: number;
  readonly findings: readonly Finding[];
  /** Findings beyond the first 256. */
  readonly omitted?: number;
}

const READ = 1;
const OPEN = 2;
const KEEP = 3;
const CLOSE = 4;
const DONE = 5;

const CANNOT = -1n;
const DATA_BROKEN = -2n;
const TOO_LARGE = -3n;

const REQUEST_BYTES = 40;
/** After a scan that needed more, the next one gets a fresh instance: WASM memory cannot shrink. */
const KEPT_MEMORY_BYTES = 64 * 1024 * 1024;

interface Request {
  readonly kind: number;
  readonly source: number;
  readonly offset: number;
  readonly length: number;
  readonly ptr: number;
  readonly method: number;
  readonly from: number;
  readonly limit: number;
  /** The report's text, behind the last request. */
  readonly rest: Uint8Array;
}

/** Scans one file after the other in one instance of the core. */
export class FileScanner {
  readonly #module: WebAssembly.Module;
  #core: CoreInstance | undefined;

  constructor(module: WebAssembly.Module = loadModule()) {
    this.#module = module;
  }

  /** Of the core: fixed for what it keeps, more for the memos of large pickles. */
  get memoryBytes(): number {
    return this.#core?.memory.buffer.byteLength ?? 0;
  }

  /** Throws where the file cannot be read. */
  scanFile(path: string, name: string = path): ScanReport {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile()) throw new ModelError('IO', 'Not a regular file', { subject: path });
      const source: ScanSource = { read: (offset, target) => readFully(descriptor, offset, target) };
      return this.scanSource(source, status.size, name);
    } finally {
      closeSync(descriptor);
    }
  }

  scanBytes(bytes: Uint8Array, name = ''): ScanReport {
    return this.scanSource(bytesSource(bytes), bytes.length, name);
  }

  scanSource(file: ScanSource, size: number, name: string): ScanReport {
    const core = this.#instance();
    core.open(name, size);
    const sources = new Map<number, ScanSource>([[0, file]]);
    for (;;) {
      const request = core.step();
      if (request.kind === DONE) return JSON.parse(new TextDecoder().decode(request.rest)) as ScanReport;
      core.feed(answer(request, sources, core));
    }
  }

  #instance(): ScanCore {
    if (this.#core === undefined || this.#core.memory.buffer.byteLength > KEPT_MEMORY_BYTES) {
      this.#core = new CoreInstance(this.#module);
    }
    return new ScanCore(this.#core);
  }
}

/** The three exports, and the request's layout. */
class ScanCore {
  readonly #core: CoreInstance;

  constructor(core: CoreInstance) {
    this.#core = core;
  }

  open(name: string, size: number): void {
    const text = new TextEncoder().encode(name.slice(-256));
    const ptr = this.#core.raw('cabi_realloc', 0, 0, 1, text.length) >>> 0;
    this.#core.bytes(ptr, text.length).set(text);
    this.#core.raw('scanopen', ptr, text.length, BigInt(size));
    this.#core.raw('reset');
  }

  step(): Request {
    const data = this.#core.call('scanstep');
    const view = new DataView(data.buffer, data.byteOffset, REQUEST_BYTES);
    const word = (at: number): number => view.getUint32(at, true);
    return {
      kind: word(0),
      source: word(4),
      // Beyond 2^53 there is no file: any number there is behind its end.
      offset: Number(view.getBigUint64(8, true)),
      length: Number(view.getBigUint64(16, true)),
      ptr: word(24),
      method: word(28),
      from: word(32),
      limit: word(36),
      rest: data.subarray(REQUEST_BYTES),
    };
  }

  feed(answered: bigint): void {
    this.#core.raw('scanfeed', answered);
  }

  bytes(ptr: number, length: number): Uint8Array {
    return this.#core.bytes(ptr, length);
  }
}

function answer(request: Request, sources: Map<number, ScanSource>, core: ScanCore): bigint {
  const { kind, source, offset, length, ptr } = request;
  if (kind === READ) return read(sources.get(source), offset, core.bytes(ptr, length));
  if (kind === CLOSE) sources.delete(source);
  if (kind !== OPEN && kind !== KEEP) return 0n;
  if (!canDecode(request.method)) return CANNOT;
  const parent = sources.get(request.from);
  if (parent === undefined) return DATA_BROKEN;
  const packed = { source: parent, offset, length, method: request.method };
  if (kind === KEEP) return keep(packed, request, sources);
  sources.set(source, new DecodedSource(packed));
  return 0n;
}

function read(source: ScanSource | undefined, offset: number, target: Uint8Array): bigint {
  if (source === undefined) return DATA_BROKEN;
  try {
    return BigInt(source.read(offset, target));
  } catch (error) {
    // A file that cannot be read is the caller's trouble; what cannot be unpacked is the file's.
    if (!(source instanceof DecodedSource)) throw error;
    return DATA_BROKEN;
  }
}

function keep(packed: PackedRange, request: Request, sources: Map<number, ScanSource>): bigint {
  sources.delete(request.source);
  try {
    const bytes = decodeWhole(packed, request.limit);
    if (bytes === undefined) return TOO_LARGE;
    sources.set(request.source, bytesSource(bytes));
    return BigInt(bytes.length);
  } catch {
    return DATA_BROKEN;
  }
}

function readFully(descriptor: number, offset: number, target: Uint8Array): number {
  let count = 0;
  while (count < target.length) {
    const read = readSync(descriptor, target, count, target.length - count, offset + count);
    if (read === 0) break;
    count += read;
  }
  return count;
}
