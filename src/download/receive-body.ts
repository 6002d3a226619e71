// Takes the body of an answer and hands it on in large pieces, writing one piece while the next
// comes in. Whatever arrived is handed on even when the body breaks: received bytes are never
// asked for again.

/** One write; large enough that system calls do not count, small enough for many connections. */
const PIECE_BYTES = 512 * 1024;

export type Sink = (chunks: readonly Uint8Array[], length: number) => Promise<void>;

/** Hands at most `limit` bytes to `sink`; returns how many came, which is more if there were more. */
export async function receiveBody(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  sink: Sink,
): Promise<number> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let received = 0;
  let writing = Promise.resolve();

  const handOn = async (): Promise<void> => {
    await writing;
    if (length > 0) writing = sink(pieces, length);
    // Awaited by the next call; until then nobody else listens for its failure.
    writing.catch(() => undefined);
    pieces = [];
    length = 0;
  };

  try {
    for await (const chunk of body) {
      received += chunk.length;
      const excess = received - limit;
      const wanted = excess > 0 ? chunk.subarray(0, chunk.length - excess) : chunk;
      pieces.push(wanted);
      length += wanted.length;
      if (excess > 0) break;
      if (length >= PIECE_BYTES) await handOn();
    }
  } finally {
    await handOn();
    await writing;
  }
  return received;
}
