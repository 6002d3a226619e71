// The Nix daemon's wire format: 64-bit little-endian numbers, strings padded to eight bytes, lists
// with a count in front. Used by the connection and its message loop; knows no operation.

export type Field = number | string | readonly string[];

/** No honest reply has a longer string: store paths and messages. Above it the bytes are garbage. */
const MAX_STRING_BYTES = 4 * 1024 * 1024;
/** No honest reply has a longer list (references, signatures, traces). */
const MAX_LIST_ITEMS = 1_000_000;

/** Thrown for bytes that no Nix daemon sends; the connection is of no use afterwards. */
export class WireError extends Error {}

/** Thrown when the other side has gone, or the stream to it has broken. */
export class ConnectionEnd extends Error {}

/** The fields of a request, one after another. */
export function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(encodeField));
}

export function encodeNumber(value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function encodeField(field: Field): Buffer[] {
  if (typeof field === 'number') return [encodeNumber(field)];
  if (typeof field === 'string') return encodeString(field);
  return [encodeNumber(field.length), ...field.flatMap(encodeString)];
}

function encodeString(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return [encodeNumber(bytes.length), bytes, Buffer.alloc(padding(bytes.length))];
}

function padding(length: number): number {
  return (8 - (length % 8)) % 8;
}

/** Reads fields from a stream of chunks, whatever their boundaries. */
export class WireReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** All 64 bits: activity ids use them. */
  async bigint(): Promise<bigint> {
    return (await this.#take(8)).readBigUInt64LE();
  }

  async number(): Promise<number> {
    const value = await this.bigint();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WireError(`number too large: ${value.toString()}`);
    return Number(value);
  }

  async boolean(): Promise<boolean> {
    return (await this.bigint()) !== 0n;
  }

  async string(): Promise<string> {
    const length = await this.number();
    if (length > MAX_STRING_BYTES) throw new WireError(`string of ${length} bytes`);
    const bytes = await this.#take(length + padding(length));
    if (bytes.subarray(length).some((byte) => byte !== 0)) throw new WireError('padding is not zero');
    return bytes.toString('utf8', 0, length);
  }

  async list<T>(item: () => Promise<T>): Promise<T[]> {
    const count = await this.number();
    if (count > MAX_LIST_ITEMS) throw new WireError(`list of ${count} items`);
    const items: T[] = [];
    while (items.length < count) items.push(await item());
    return items;
  }

  strings(): Promise<string[]> {
    return this.list(() => this.string());
  }

  async #take(length: number): Promise<Buffer> {
    const parts = [this.#rest];
    for (let have = this.#rest.length; have < length; ) {
      const next = await this.#chunks.next().catch((cause: unknown) => {
        throw new ConnectionEnd((cause as Error).message, { cause });
      });
      if (next.done === true) throw new ConnectionEnd('it has closed the connection');
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      have += next.value.byteLength;
    }
    const bytes = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = bytes.subarray(length);
    return bytes.subarray(0, length);
  }
}
