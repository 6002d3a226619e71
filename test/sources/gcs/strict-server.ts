// A stand-in for Google Cloud Storage's JSON API: no registry has a server that speaks it. It is strict
// where a client can go wrong: pages with tokens, 64-bit numbers as text, generations, names encoded as
// one component of the path, a token on every request where the bucket is private.

import { type LocalServer, serve } from '../../net/local-server.ts';

export interface StrictServer extends LocalServer {
  /** Returns the generation. */
  put(name: string, body: string): string;
  /** The object as it is now; its former generations stay where the bucket keeps them. */
  remove(name: string): void;
}

export interface StrictOptions {
  readonly pageSize?: number;
  /** The only token that opens the bucket; without one it is public. */
  readonly token?: string;
  readonly versioned?: boolean;
}

const BUCKET = 'models';

export async function serveStrictly(options: StrictOptions = {}): Promise<StrictServer> {
  const { pageSize = 3, token, versioned = false } = options;
  const live = new Map<string, string>();
  const kept = new Map<string, string>();
  let generation = 1_700_000_000_000_000n;
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://gcs.test');
    const fail = (status: number, message: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: status, message } }));
    };
    const sent = request.headers.authorization;
    if (token !== undefined && sent === undefined) {
      fail(401, 'Anonymous caller does not have storage.objects.list access');
    } else if (token !== undefined && sent !== `Bearer ${token}`) {
      fail(403, 'the caller does not have storage.objects.list access');
    } else if (!url.pathname.startsWith(`/storage/v1/b/${BUCKET}/o`)) {
      fail(404, 'The specified bucket does not exist.');
    } else if (url.pathname === `/storage/v1/b/${BUCKET}/o`) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(list(url.searchParams)));
    } else {
      const name = /\/o\/([^/]+)$/.exec(url.pathname)?.[1];
      const wanted = url.searchParams.get('generation');
      const key = decodeURIComponent(name ?? '');
      const body = kept.get(`${key}#${wanted ?? live.get(key) ?? ''}`);
      if (body === undefined || url.searchParams.get('alt') !== 'media') fail(404, 'No such object');
      else response.end(body);
    }
  });

  function list(query: URLSearchParams): unknown {
    const names = [...live.keys()].sort().filter((name) => name.startsWith(query.get('prefix') ?? ''));
    const from = Number(Buffer.from(query.get('pageToken') ?? '', 'base64').toString());
    const end = from + Math.min(pageSize, Number(query.get('maxResults') ?? 1_000));
    const items = names.slice(from, end).map((name) => {
      const current = live.get(name) ?? '';
      return { name, generation: current, size: String(kept.get(`${name}#${current}`)?.length) };
    });
    const nextPageToken = end < names.length ? { nextPageToken: Buffer.from(String(end)).toString('base64') } : {};
    return { ...(items.length === 0 ? {} : { items }), ...nextPageToken };
  }

  const remove = (name: string): void => {
    if (!versioned) kept.delete(`${name}#${live.get(name) ?? ''}`);
    live.delete(name);
  };
  return {
    ...server,
    put(name, body) {
      remove(name);
      const next = String((generation += 1n));
      live.set(name, next);
      kept.set(`${name}#${next}`, body);
      return next;
    },
    remove,
  };
}
