// One request to undici's dispatcher and its answer. Called by http.ts for every hop. Bodies are
// handed on piece by piece as the parser finds them, without a stream in between: a download's
// bytes pass here by the gigabyte.

import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { deferred } from '../base/deferred.ts';
import type { BodySink, HttpResponse } from './http.ts';
import { transportError } from './transport-error.ts';

/** An unread body up to this size is read to its end, so that its connection can be used again. */
const DISCARD_LIMIT_BYTES = 128 * 1024;
const DISCARD_TIMEOUT_MS = 2_000;

/** What may arrive before anybody wants it: small answers are complete by then. */
const EARLY_BYTES = 64 * 1024;

type Options = Dispatcher.DispatchOptions & { readonly signal: AbortSignal | undefined };

/** Resolves with the answer's head; throws the signal's reason or a ModelError. */
export async function exchange(
  dispatcher: Dispatcher,
  url: URL,
  options: Options,
): Promise<HttpResponse> {
  const { signal, ...dispatched } = options;
  signal?.throwIfAborted();
  const running = new Exchange(url.href, signal);
  dispatcher.dispatch(dispatched, running);
  return await running.head;
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  readonly #head = deferred<HttpResponse>();
  readonly #end = deferred<undefined>();
  #controller: Dispatcher.DispatchController | undefined;
  #early: Buffer[] = [];
  #sink: BodySink | undefined;
  #over = false;

  constructor(url: string, signal: AbortSignal | undefined) {
    this.#url = url;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
    // Who does not read the body does not hear how it ended.
    this.#end.promise.catch(() => undefined);
  }

  get head(): Promise<HttpResponse> {
    return this.#head.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(ABANDONED);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 100 Continue, 103 Early Hints: the answer is yet to come.
    if (status < 200) return;
    this.#head.resolve({
      status,
      headers: joinHeaders(headers),
      url: this.#url,
      receive: (sink) => this.#receive(sink),
      body: this.#iterate(),
      discard: () => {
        this.#discard(Number(headers['content-length'] ?? 0));
      },
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // What undici's parser says when it goes on after a pause. To pause again would never end.
    if (chunk.length === 0) return;
    if (this.#sink !== undefined) {
      this.#deliver(controller, chunk, this.#sink);
      return;
    }
    this.#early.push(Buffer.from(chunk));
    if (sizeOf(this.#early) >= EARLY_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    this.#settle();
    this.#end.resolve(undefined);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #deliver(controller: Dispatcher.DispatchController, chunk: Buffer, sink: BodySink): void {
    try {
      const busy = sink(chunk);
      if (busy === undefined) return;
      controller.pause();
      busy.then(
        () => { controller.resume(); },
        (error: unknown) => { this.#stop(error); },
      );
    } catch (error) {
      this.#stop(error);
    }
  }

  async #receive(sink: BodySink): Promise<void> {
    try {
      for (let chunk; (chunk = this.#early.shift()) !== undefined; ) await sink(chunk);
    } catch (error) {
      this.#stop(error);
      throw error;
    }
    this.#sink = sink;
    this.#controller?.resume();
    await this.#end.promise;
  }

  async *#iterate(): AsyncGenerator<Buffer, void> {
    let wake = (): void => undefined;
    const stream = new Readable({ read: () => { wake(); } });
    const push = (chunk: Buffer): Promise<void> | undefined => {
      // The pieces are kept for a while here, and their memory is the socket's.
      const wantsMore = stream.push(Buffer.from(chunk));
      return wantsMore ? undefined : new Promise((resolve) => (wake = resolve));
    };
    this.#receive(push).then(
      () => stream.push(null),
      (error: unknown) => stream.destroy(error as Error),
    );
    try {
      yield* stream as AsyncIterable<Buffer>;
    } finally {
      this.#stop(ABANDONED);
    }
  }

  #discard(length: number): void {
    if (length > DISCARD_LIMIT_BYTES) {
      this.#stop(ABANDONED);
      return;
    }
    let left = DISCARD_LIMIT_BYTES;
    // A body that does not end in time, or fails, costs its connection and nothing else.
    const timer = setTimeout(() => { this.#stop(ABANDONED); }, DISCARD_TIMEOUT_MS);
    const count = (chunk: Buffer): undefined => {
      left -= chunk.length;
      if (left < 0) throw ABANDONED;
    };
    this.#receive(count).catch(() => undefined).finally(() => { clearTimeout(timer); });
  }

  readonly #onAbort = (): void => {
    this.#stop(this.#signal?.reason);
  };

  /** Ends it from our side, for a reason that is told as it is. */
  #stop(reason: unknown): void {
    if (this.#over) return;
    this.#settle();
    this.#head.reject(reason);
    this.#end.reject(reason);
    // Where it still waits for a connection, onRequestStart does it.
    this.#controller?.abort(ABANDONED);
  }

  /** It has been ended by the other side, or by the way in between. */
  #fail(error: unknown): void {
    if (this.#over) return;
    this.#settle();
    const where = { url: this.#url, signal: this.#signal };
    this.#head.reject(transportError(error, { ...where, during: 'request' }));
    this.#end.reject(transportError(error, { ...where, during: 'body' }));
  }

  #settle(): void {
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

const ABANDONED = new Error('nobody wants the rest of this body');

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(headers).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
