// One conversation with a Nix daemon: the handshake, then one request at a time, some with a body of
// frames. Knows no operation; daemon-store.ts names them. A body is withdrawn, not cut off, when its
// producer fails: Nix takes the end of a connection for the end of the data.

import { finished } from 'node:stream';
import type { ModelError } from '../base/errors.ts';
import { DaemonError, readUntilDone, type Log } from './daemon-messages.ts';
import { connectionFailure, nixFailure } from './store-errors.ts';
import type { Transport } from './transport.ts';
import { ConnectionEnd, encode, encodeNumber, WireError, WireReader, type Field } from './wire.ts';

const CLIENT_MAGIC = 0x6e697863;
const DAEMON_MAGIC = 0x6478696fn;
/** 1.38, the newest version with its own number: later ones only negotiate features. */
const PROTOCOL = 0x126;
/** A frame's length that no daemon accepts: it throws, and removes what it has received. */
const WITHDRAWAL = Buffer.concat([Buffer.alloc(8, 0xff), encodeNumber(0)]);
/** After an abort the daemon gets this long to remove a partial copy. */
const ABORT_GRACE_MS = 10_000;

export interface ConnectionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: Log | undefined;
}

export interface Request<T> {
  readonly operation: number;
  readonly fields: readonly Field[];
  /** Sent as frames after the fields; a chunk is not used any more when the next is asked for. */
  readonly body?: AsyncIterable<Uint8Array> | undefined;
  readonly reply: (reader: WireReader) => Promise<T>;
}

export class DaemonConnection {
  readonly #transport: Transport;
  readonly #reader: WireReader;
  readonly #signal: AbortSignal | undefined;
  readonly #log: Log;
  #turn: Promise<unknown> = Promise.resolve();
  #sendingBody = false;
  /** Set once the connection is of no use any more. */
  #failure: WireError | ConnectionEnd | undefined;

  /** Minor version of the protocol that both sides speak. */
  protocol = 0;
  /** The daemon's version of Nix, which it tells from protocol 1.33 on. */
  version: string | undefined;
  /** Whether the daemon trusts this user, which it tells from protocol 1.35 on. */
  trusted: boolean | undefined;

  private constructor(transport: Transport, { signal, log = () => undefined }: ConnectionOptions) {
    this.#transport = transport;
    this.#reader = new WireReader(transport.input as AsyncIterable<Uint8Array>);
    this.#signal = signal;
    this.#log = log;
    // Errors are met where something is read or written; this only keeps them from being uncaught.
    for (const stream of new Set([transport.input, transport.output])) finished(stream, () => undefined);
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  static async open(transport: Transport, options: ConnectionOptions = {}): Promise<DaemonConnection> {
    const connection = new DaemonConnection(transport, options);
    try {
      await connection.#guarded(() => connection.#handshake());
      return connection;
    } catch (error) {
      transport.destroy();
      throw error;
    }
  }

  /** One request and its reply. Requests made meanwhile wait for their turn. */
  call<T>(request: Request<T>): Promise<T> {
    const result = this.#turn.then(() => this.#guarded(() => this.#exchange(request)));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#signal?.removeEventListener('abort', this.#abort);
    if (this.#failure === undefined) await this.#transport.close();
    this.#failure ??= new ConnectionEnd('it has been closed');
  }

  async #handshake(): Promise<void> {
    await this.#send(encode([CLIENT_MAGIC, PROTOCOL]));
    if ((await this.#reader.bigint()) !== DAEMON_MAGIC) throw new WireError('it is not a Nix daemon that answers');
    const theirs = await this.#reader.number();
    if (theirs >> 8 !== PROTOCOL >> 8) throw new WireError(`protocol version ${theirs >> 8} is not known`);
    this.protocol = Math.min(theirs, PROTOCOL) & 0xff;
    if (this.protocol >= 38) {
      await this.#send(encode([[]])); // no features wanted
      await this.#reader.strings();
    }
    await this.#send(encode([0, 0])); // obsolete: CPU affinity, reserved space
    if (this.protocol >= 33) this.version = await this.#reader.string();
    if (this.protocol >= 35) this.trusted = [undefined, true, false][await this.#reader.number()];
    await readUntilDone(this.#reader, this.protocol, this.#log);
  }

  async #exchange<T>({ operation, fields, body, reply }: Request<T>): Promise<T> {
    await this.#send(encode([operation, ...fields]));
    const done = readUntilDone(this.#reader, this.protocol, this.#log);
    if (body !== undefined) await this.#sendBody(body, done);
    await done;
    return reply(this.#reader);
  }

  async #sendBody(body: AsyncIterable<Uint8Array>, done: Promise<void>): Promise<void> {
    let answered: unknown = false;
    const answer = done.catch(() => undefined).then(() => (answered = true));
    this.#sendingBody = true;
    try {
      for await (const chunk of body) {
        if (answered === true) break; // refused half-way: `done` holds the reason
        // An empty frame would mean the end.
        if (chunk.byteLength > 0) await this.#send(encodeNumber(chunk.byteLength), chunk);
      }
      await this.#send(encodeNumber(0));
    } catch (error) {
      if (this.#failure === undefined) {
        await this.#send(WITHDRAWAL);
        await answer; // the partial copy is gone now
      }
      throw error;
    } finally {
      this.#sendingBody = false;
    }
  }

  /** Resolves when the kernel has taken the bytes: they may be overwritten then. */
  async #send(...chunks: Uint8Array[]): Promise<void> {
    const { output } = this.#transport;
    output.cork();
    const sent = Promise.all(chunks.map((chunk) => writeChunk(output, chunk)));
    output.uncork();
    await sent.catch((cause: unknown) => {
      throw (this.#failure ??= new ConnectionEnd('it has closed the connection', { cause }));
    });
  }

  /** Turns what goes wrong into a ModelError, and gives up the connection when it is out of step. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (error instanceof DaemonError) throw nixFailure(error.message, { cause: error });
      if (!(error instanceof WireError || error instanceof ConnectionEnd)) throw error;
      this.#failure ??= error;
      throw await this.#explain(error);
    }
  }

  /** A daemon of our own says on its stderr why it has gone. */
  async #explain(error: Error): Promise<ModelError> {
    this.#signal?.throwIfAborted();
    const words = error instanceof ConnectionEnd ? await this.#transport.lastWords() : '';
    this.#transport.destroy();
    return words === '' ? connectionFailure(error) : nixFailure(words, { cause: error });
  }

  readonly #abort = (): void => {
    const giveUp = (): void => {
      this.#failure ??= new ConnectionEnd('aborted');
      this.#transport.destroy();
    };
    if (this.#sendingBody) setTimeout(giveUp, ABORT_GRACE_MS).unref();
    else giveUp();
  };
}

function writeChunk(output: Transport['output'], chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
