// How sockets are opened: as undici does it, but they read into the same memory again and again.
// Node's own way, a new buffer for each read, costs a download more in page faults and garbage
// collection than all of HTTP does. Called by dispatcher.ts for connections without a proxy.
//
// It rests on exchange.ts, which copies from a chunk what is to be kept before it returns.

import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** Two of these per connection. */
const READ_BYTES = 64 * 1024;

/** The parser keeps views of headers that have come in part; more than this it refuses. */
const MAX_HEAD_BYTES = 16 * 1024;

export function reusingConnector(
  build: typeof buildConnector,
  settings: buildConnector.BuildOptions,
): buildConnector.connector {
  return (options, callback) => {
    let socket: Socket | undefined;
    let current = Buffer.allocUnsafeSlow(READ_BYTES);
    let previous = Buffer.allocUnsafeSlow(READ_BYTES);

    const onRead = (count: number): boolean => {
      if (socket === undefined) return true;
      if (count < MAX_HEAD_BYTES) return socket.push(Buffer.from(current.subarray(0, count)));
      // While anything waits to be parsed the previous chunk may be in use still.
      const isParsed = socket.readableLength === 0;
      const wantsMore = socket.push(current.subarray(0, count));
      [current, previous] = [isParsed ? previous : Buffer.allocUnsafeSlow(READ_BYTES), current];
      return wantsMore;
    };
    const connect = build({ ...settings, onread: { buffer: () => current, callback: onRead } });
    connect(options, (...[error, opened]) => {
      socket = opened ?? undefined;
      if (error === null) callback(null, opened);
      else callback(error, null);
    });
  };
}
