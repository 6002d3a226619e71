// A forward proxy for tests, as companies have them: plain requests by absolute address, TLS
// through CONNECT. Every host name leads to the one server that the test gives it.

import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { listen } from './local-server.ts';

export interface ProxyServer {
  readonly host: string;
  /** `GET http://hub.test/x` and `CONNECT hub.test:443`, with the name and password sent along. */
  readonly log: readonly (readonly [string, string | undefined])[];
}

export async function serveProxy(options: { port: number; refuse?: number }): Promise<ProxyServer> {
  const log: [string, string | undefined][] = [];
  const note = ({ method, url, headers }: IncomingMessage): void => {
    log.push([`${method ?? ''} ${url ?? ''}`, headers['proxy-authorization']]);
  };
  const server = createServer((request, response) => {
    note(request);
    if (options.refuse !== undefined) {
      response.writeHead(options.refuse).end();
      return;
    }
    const path = new URL(request.url ?? '').pathname;
    const target = { port: options.port, host: '127.0.0.1', path, headers: request.headers };
    const onward = httpRequest(target, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    note(request);
    if (options.refuse !== undefined) {
      socket.end(`HTTP/1.1 ${options.refuse} Refused\r\n\r\n`);
      return;
    }
    const onward = connect(options.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => { socket.destroy(); onward.destroy(); });
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { host: `127.0.0.1:${await listen(server)}`, log };
}
