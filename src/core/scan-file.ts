// Drives the scanner in the WASM core (wasm/scan/session.ts) over one file: reads and unpacks what it
// asks for, and hands back its report. Synchronous and in little memory, whatever the file; the workers
// of scan-files.ts call it.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ModelError } from '../base/errors.ts';
import { CoreInstance } from './instance.ts';
import { loadModule } from './module.ts';
import { answer, DONE, openSources, ScanCore } from './scan-core.ts';
import { bytesSource, type ScanSource } from './scan-source.ts';

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
  /** Other files that this one reads when it is loaded, relative to its directory. */
  readonly needs?: readonly string[];
}

/** After a scan that needed more, the next one gets a fresh instance: WASM memory cannot shrink. */
const KEPT_MEMORY_BYTES = 64 * 1024 * 1024;

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
    core.open('scanopen', name, size);
    const sources = openSources(file);
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

function readFully(descriptor: number, offset: number, target: Uint8Array): number {
  let count = 0;
  while (count < target.length) {
    const read = readSync(descriptor, target, count, target.length - count, offset + count);
    if (read === 0) break;
    count += read;
  }
  return count;
}
