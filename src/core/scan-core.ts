// The machine that scans and inspects (wasm/scan/session.ts) as its Node.js hosts see it: its exports,
// its requests, and how they are answered from a file and from what is unpacked out of it. Synchronous;
// scan-file.ts and inspect-parts.ts drive it.

import type { CoreInstance } from './instance.ts';
import type { FailureReason } from './decoder.ts';
import { bytesSource, canDecode, decodeWhole, DecodedSource } from './scan-source.ts';
import type { PackedRange, ScanSource } from './scan-source.ts';

const READ = 1;
const OPEN = 2;
const KEEP = 3;
const CLOSE = 4;
/** The machine has finished: its report follows the request. */
export const DONE = 5;

/** Why there are no more bytes than were answered. */
const REASONS: Readonly<Record<FailureReason, bigint>> = {
  cannot: 1n, broken: 2n, tooLarge: 3n, trailing: 4n,
};

const REQUEST_BYTES = 40;

export interface Request {
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

/** The file itself, 0, and everything that is open inside it. */
export type Sources = Map<number, ScanSource>;

export function openSources(file: ScanSource): Sources {
  return new Map([[0, file]]);
}

/** The exports, and the request's layout. */
export class ScanCore {
  readonly #core: CoreInstance;

  constructor(core: CoreInstance) {
    this.#core = core;
  }

  /** `verb`: scanopen or inspectopen. */
  open(verb: 'scanopen' | 'inspectopen', name: string, size: number): void {
    const text = new TextEncoder().encode(name.slice(-256));
    const ptr = this.#core.raw('cabi_realloc', 0, 0, 1, text.length) >>> 0;
    this.#core.bytes(ptr, text.length).set(text);
    this.#core.raw(verb, ptr, text.length, BigInt(size));
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

/** Does what a request asks for. A MissingPart passes through: the same request is answered again. */
export function answer(request: Request, sources: Sources, core: ScanCore): bigint {
  const { kind, source, offset, length, ptr } = request;
  if (kind === READ) return read(sources.get(source), offset, core.bytes(ptr, length));
  if (kind !== OPEN && kind !== KEEP && kind !== CLOSE) return 0n;
  sources.get(source)?.close?.();
  sources.delete(source);
  if (kind === CLOSE) return 0n;
  if (!canDecode(request.method)) return failed('cannot');
  const parent = sources.get(request.from);
  if (parent === undefined) return failed('broken');
  const packed = { source: parent, offset, length, method: request.method };
  if (kind === KEEP) return keep(packed, request, sources);
  sources.set(source, new DecodedSource(packed));
  return 0n;
}

/** So many bytes there were, and then no more, for a reason. */
function failed(reason: FailureReason, count = 0): bigint {
  return -(BigInt(count) * 256n + REASONS[reason]);
}

function read(source: ScanSource | undefined, offset: number, target: Uint8Array): bigint {
  if (source === undefined) return failed('broken');
  const count = source.read(offset, target);
  const { failure } = source;
  return count === target.length || failure === undefined ? BigInt(count) : failed(failure, count);
}

function keep(packed: PackedRange, request: Request, sources: Sources): bigint {
  const { bytes, failure } = decodeWhole(packed, request.limit);
  if (failure === 'tooLarge') return failed(failure);
  sources.set(request.source, bytesSource(bytes));
  return failure === undefined ? BigInt(bytes.length) : failed(failure, bytes.length);
}
