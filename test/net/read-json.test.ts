import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/net/read-json.ts';
import { serve } from './local-server.ts';
import { openHttp } from './open-http.ts';
import { rejection } from './rejection.ts';

async function read(handler: RequestListener, maxBytes = 1_000): Promise<unknown> {
  const server = await serve(handler);
  return await readJson(await openHttp().request({ url: server.url }), maxBytes);
}

describe('a JSON answer', () => {
  it('is parsed, characters that lie across two chunks included', async () => {
    const [first, second] = [Buffer.from('{"name":"é"}').subarray(0, 10), Buffer.from('{"name":"é"}').subarray(10)];
    const value = await read((_, response) => {
      response.write(first, () => setImmediate(() => response.end(second)));
    });
    expect(value).toEqual({ name: 'é' });
  });

  it('that is a login page is told apart from a broken one', async () => {
    const page = await rejection(read((_, response) => response.setHeader('content-type', 'text/html').end('<html>')));
    expect(page).toMatchObject({ code: 'PROTOCOL', found: '"<html>"', retriable: false });
    expect(page.message).toContain('a web page instead of JSON');
    const broken = await rejection(read((_, response) => response.end('{"half":')));
    expect(broken.message).toContain('something else instead of JSON');
  });

  it('that is larger than it may be is not read to its end', async () => {
    const endless: RequestListener = (_, response) => {
      const more = (): unknown => (response.write('[1,1,1,1,1,1,') ? setImmediate(more) : response.once('drain', more));
      more();
    };
    const error = await rejection(read(endless));
    expect(error).toMatchObject({ code: 'PROTOCOL', wanted: 'at most 1000 bytes' });
  });
});
