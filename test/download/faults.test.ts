// One test for each way in which a server or the network can go wrong: the result is right, or the
// error says what is wrong. What was received is not asked for again.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import type { Locate } from '../../src/base/manifest.ts';
import type { Fault, FaultRule, LoggedRequest } from '../faults/server.ts';
import { codeOf, contentOf, listing, MIB, noise, pinnedFile, sha256, world, type World } from './setup.ts';

const onlyFirst = (fault: Fault): FaultRule => ({ count }) => (count === 1 ? fault : undefined);
const exceptFirstPart = (fault: Fault): FaultRule => ({ range }) =>
  range?.startsWith('bytes=0-') === true ? undefined : fault;
const always = (fault: Fault): FaultRule => () => fault;

interface FaultyModel extends World {
  readonly content: Buffer;
}

/** A world with one file `model`, that has the given fault. */
async function faultyModel(size: number, rule: FaultRule): Promise<FaultyModel> {
  const content = noise(size);
  const made = await world({ model: content });
  made.server.fault('model', rule);
  return { ...made, content };
}

async function expectContent({ download, content }: FaultyModel): Promise<void> {
  const stage = await download();
  expect(await contentOf(stage)).toEqual({ model: sha256(content) });
}

const startsOf = (requests: readonly LoggedRequest[]): number[] => requests.map(({ start }) => start);

describe('a download whose connection fails', () => {
  it('goes on where the connection was dropped', async () => {
    const model = await faultyModel(6 * MIB, onlyFirst({ dropAfter: 2 * MIB + 123 }));
    await expectContent(model);
    const [first, second] = model.server.requests;
    expect(first?.headers.range).toBeUndefined();
    expect(second?.start).toBeGreaterThan(0);
    expect(second?.start).toBeLessThanOrEqual(2 * MIB + 123);
    const received = model.events.map((event) => (event.type === 'bytes' ? event.count : 0));
    expect(received.reduce((sum, count) => sum + count, 0)).toBe(6 * MIB);
  });

  it('goes on as long as every try brings something', async () => {
    await expectContent(await faultyModel(2 * MIB, always({ dropAfter: 150_000 })));
  });

  it('gives up where nothing comes any more, and keeps what came for the next run', async () => {
    const model = await faultyModel(20 * MIB, exceptFirstPart({ dropAfter: 0 }));
    expect(await codeOf(model.download())).toBe('NETWORK');
    const before = model.server.requests.length;
    model.server.fault('model', () => undefined);
    await expectContent(model);
    expect(startsOf(model.server.requests.slice(before))).not.toContain(0);
  });

  it('goes on after a stall', async () => {
    const model = await faultyModel(3 * MIB, onlyFirst({ stallAfter: MIB }));
    await expectContent(model);
    expect(model.server.requests.length).toBe(2);
  });

  it('waits for a slow trickle', async () => {
    await expectContent(await faultyModel(200_000, always({ trickle: 10_000 })));
  });

  it('says that nobody is there when the server goes away in the middle', async () => {
    const model = await faultyModel(20 * MIB, ({ count }) => (count === 1 ? {} : { stallAfter: 100 }));
    const failure = codeOf(model.download());
    while (model.server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await model.server.close();
    expect(await failure).toBe('NETWORK');
  });
});

describe('a download from a server that is busy', () => {
  it('tries again after 500 and 503', async () => {
    const statuses = [500, 503, 500];
    const model = await faultyModel(1_000, ({ count }) => ({ status: statuses[count - 1] }));
    await expectContent(model);
    expect(model.events.filter(({ type }) => type === 'retry').length).toBe(3);
  });

  it('waits as long as a 429 asks for', async () => {
    const model = await faultyModel(1_000, onlyFirst({ status: 429, headers: { 'retry-after': '7' } }));
    await expectContent(model);
    expect(model.slept[0]).toBeGreaterThanOrEqual(7_000);
  });

  it.each([
    [429, 'RATE_LIMITED'],
    [500, 'HTTP_STATUS'],
    [404, 'ENTRY_NOT_FOUND'],
    [401, 'AUTH_REQUIRED'],
    [403, 'HTTP_STATUS'],
  ])('fails with the meaning of a %i that stays', async (status, code) => {
    const model = await faultyModel(1_000, always({ status }));
    expect(await codeOf(model.download())).toBe(code);
    expect(await listing(model.directory)).not.toContain('model');
  });

  it('lets the source explain a refusal', async () => {
    const model = await faultyModel(1_000, always({ status: 403 }));
    const url = `${model.server.url}/model`;
    const explain = (): ModelError => new ModelError('AUTH_GATED', 'gated');
    const locate: Locate = () => Promise.resolve({ urls: [url], explain });
    expect(await codeOf(model.download({ locate }))).toBe('AUTH_GATED');
  });
});

describe('a download from a server that does not keep to the protocol', () => {
  it('takes everything where a range was asked for and a 200 came', async () => {
    await expectContent(await faultyModel(20 * MIB, always({ ignoreRange: true })));
  });

  it('starts again without ranges where only some requests get them', async () => {
    const model = await faultyModel(40 * MIB, ({ count }) => (count === 1 ? {} : { ignoreRange: true }));
    await expectContent(model);
  });

  it('starts from 0 where a broken file cannot be continued', async () => {
    const model = await faultyModel(2 * MIB, ({ count }) => ({
      ignoreRange: true,
      dropAfter: count === 1 ? MIB : undefined,
    }));
    await expectContent(model);
  });

  it('gives up on a server without ranges that always breaks at the same point', async () => {
    const model = await faultyModel(2 * MIB, always({ ignoreRange: true, dropAfter: MIB }));
    expect(await codeOf(model.download())).toBe('TRUNCATED');
  });

  it.each([
    ['a body that ends early with a length to match', { endAfter: 500 }, 'SIZE_MISMATCH'],
    ['a body that ends early without a length', { endAfter: 500, chunked: true, ignoreRange: true }, 'TRUNCATED'],
    ['a body that is too long', { chunked: true, append: Buffer.from('more') }, 'SIZE_MISMATCH'],
    ['a length that is too large', { headers: { 'content-length': '2000' }, dropAfter: 1_000 }, 'SIZE_MISMATCH'],
    ['a compressed body', { gzip: true }, 'PROTOCOL'],
    ['a 416', { status: 416, headers: { 'content-range': 'bytes */900' } }, 'SIZE_MISMATCH'],
    ['a 416 without reason', { status: 416 }, 'HTTP_STATUS'],
    ['a 204', { status: 204, headers: { 'content-length': undefined } }, 'HTTP_STATUS'],
    ['a corrupted byte', { corruptAt: 77 }, 'HASH_MISMATCH'],
  ])('refuses %s', async (_, fault, code) => {
    const model = await faultyModel(1_000, always(fault));
    expect(await codeOf(model.download())).toBe(code);
    expect(await listing(model.directory)).not.toContain('model');
  });

  it.each([
    ['another range than was asked for', { headers: { 'content-range': 'bytes 5-8388612/20971520' } }, 'PROTOCOL'],
    ['a 206 without Content-Range', { headers: { 'content-range': undefined } }, 'PROTOCOL'],
    ['another size in Content-Range', { headers: { 'content-range': 'bytes 0-4194303/999999999' } }, 'SIZE_MISMATCH'],
  ])('refuses %s', async (_, fault, code) => {
    const model = await faultyModel(20 * MIB, always(fault));
    expect(await codeOf(model.download())).toBe(code);
  });

  it('takes a 206 that does not tell the size where the manifest does', async () => {
    const model = await faultyModel(20 * MIB, ({ range }) => {
      const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
      return match === null ? {} : { headers: { 'content-range': `bytes ${match[1] ?? ''}-${match[2] ?? ''}/*` } };
    });
    await expectContent(model);
  });

  it('streams a file whose size nobody tells', async () => {
    const model = await faultyModel(MIB, ({ range }) => ({
      chunked: true,
      headers: { 'content-range': range === undefined ? undefined : `bytes 0-${MIB - 1}/*` },
    }));
    const stage = await model.download({}, [{ path: 'model' }]);
    expect(stage.files).toEqual([{ path: 'model', size: MIB, sha256: sha256(model.content) }]);
  });

  it('deletes corrupted bytes, so that the next run fetches them again', async () => {
    const model = await faultyModel(20 * MIB, always({ corruptAt: 10 * MIB }));
    const error = await model.download().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HASH_MISMATCH', wanted: `sha256:${sha256(model.content)}` });
    expect(await listing(model.directory)).toEqual([]);
    model.server.fault('model', () => undefined);
    await expectContent(model);
  });
});

describe('a file that changes on the server', () => {
  it('is fetched from the start once more', async () => {
    const model = await faultyModel(20 * MIB, () => undefined);
    const changed = noise(20 * MIB);
    model.server.fault('model', ({ count }) => (count === 3 ? { replace: changed } : undefined));
    const stage = await model.download({}, [{ path: 'model', size: changed.length, sha256: sha256(changed) }]);
    expect(await contentOf(stage)).toEqual({ model: sha256(changed) });
  });

  it('is an error where it does not stop changing', async () => {
    const model = await faultyModel(20 * MIB, () => ({ headers: { etag: `"${Math.random()}"` } }));
    expect(await codeOf(model.download())).toBe('REMOTE_CHANGED');
  });

  it('is noticed between two runs', async () => {
    const model = await faultyModel(20 * MIB, exceptFirstPart({ dropAfter: 0 }));
    const unpinned = [{ path: 'model', size: 20 * MIB }];
    expect(await codeOf(model.download({}, unpinned))).toBe('NETWORK');
    const changed = noise(20 * MIB);
    model.server.fault('model', () => ({ replace: changed }));
    const stage = await model.download({}, unpinned);
    expect(stage.files[0]?.sha256).toBe(sha256(changed));
  });
});

describe('a file without a digest', () => {
  it('is not put together from two mirrors that may differ', async () => {
    const [first, second] = [noise(20 * MIB), noise(20 * MIB)];
    const { download, server } = await world({ first, second });
    server.fault('first', ({ count }) => (count > 2 ? { status: 404 } : undefined));
    const urls = ['first', 'second'].map((name) => `${server.url}/${name}`);
    const locate: Locate = () => Promise.resolve({ urls });
    const stage = await download({ locate }, [{ path: 'model', size: 20 * MIB }]);
    expect(stage.files[0]?.sha256).toBe(sha256(second));
  });

  it('is fetched anew by the next process where the server has no ETags', async () => {
    const noTags = { headers: { etag: undefined } };
    const isFirst = (range: string | undefined): boolean => range?.startsWith('bytes=0-') === true;
    const model = await faultyModel(20 * MIB, ({ range }) => (isFirst(range) ? noTags : { dropAfter: 0 }));
    const unpinned = [{ path: 'model', size: 20 * MIB }];
    expect(await codeOf(model.download({}, unpinned))).toBe('NETWORK');
    model.server.fault('model', always(noTags));
    const before = model.server.requests.length;
    await model.download({}, unpinned);
    expect(startsOf(model.server.requests.slice(before))).toContain(0);
  });
});

describe('a file with a digest', () => {
  it('keeps what is there when another host of a CDN has other ETags', async () => {
    const content = noise(20 * MIB);
    const hub = await world({ model: content });
    const cdns = [await world({ model: content }), await world({ model: content })];
    cdns.forEach(({ server }, index) => {
      server.fault('model', ({ count }) => ({ headers: { etag: `"${index}"` }, status: count > 2 ? 403 : undefined }));
    });
    hub.server.fault('model', ({ count }) => ({
      status: 302,
      headers: { location: `${cdns[count % 2]?.server.url ?? ''}/model` },
    }));
    const stage = await hub.download({ connections: 1 });
    expect(await contentOf(stage)).toEqual({ model: sha256(content) });
    const asked = cdns.flatMap(({ server }) => server.requests).filter(({ sent }) => sent > 0);
    expect(asked.reduce((sum, { sent }) => sum + sent, 0)).toBe(content.length);
  });
});

describe('addresses', () => {
  async function twoMirrors(faultOfFirst: Fault): Promise<FaultyModel> {
    const rule: FaultRule = ({ query }) => (query.get('mirror') === '1' ? faultOfFirst : undefined);
    const model = await faultyModel(20 * MIB, rule);
    const urls = ['1', '2'].map((mirror) => `${model.server.url}/model?mirror=${mirror}`);
    return { ...model, download: () => model.download({ locate: () => Promise.resolve({ urls }) }) };
  }

  it('are asked for again when they have expired', async () => {
    const model = await faultyModel(20 * MIB, ({ count, query }) => ({
      status: count > 2 && query.get('key') === '1' ? 403 : undefined,
    }));
    let key = 0;
    const stage = await model.download({
      connections: 1,
      locate: () => Promise.resolve({ urls: [`${model.server.url}/model?key=${++key}`] }),
    });
    expect(await contentOf(stage)).toEqual({ model: sha256(model.content) });
    expect(key).toBe(2);
  });

  it('that fail for good give way to the next mirror', async () => {
    await expectContent(await twoMirrors({ status: 404 }));
  });

  it('that send wrong bytes give way to the next mirror', async () => {
    await expectContent(await twoMirrors({ corruptAt: 5 }));
  });

  it('elsewhere, by redirect or as a mirror, get no credentials', async () => {
    const content = noise(20 * MIB);
    const hub = await world({ model: content });
    const cdn = await world({ model: content, mirrored: content });
    hub.server.fault('model', () => ({ status: 302, headers: { location: `${cdn.server.url}/model` } }));
    const credentials = { authorization: 'Bearer secret' };
    const locate: Locate = ({ path }) =>
      Promise.resolve({ urls: [hub, cdn].map(({ server }) => `${server.url}/${path}`), credentials });
    await hub.download({ locate }, [pinnedFile('model', content), pinnedFile('mirrored', content)]);
    expect(hub.server.requests.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true);
    expect(cdn.server.requests.length).toBeGreaterThan(4);
    expect(cdn.server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('that a redirect led to are asked directly, until they are refused', async () => {
    const content = noise(20 * MIB);
    const [hub, cdn] = [await world({ model: content }), await world({ model: content })];
    hub.server.fault('model', () => ({ status: 302, headers: { location: `${cdn.server.url}/model` } }));
    cdn.server.fault('model', ({ count }) => (count === 3 ? { status: 403 } : undefined));
    const stage = await hub.download({ connections: 1 });
    expect(await contentOf(stage)).toEqual({ model: sha256(content) });
    expect(hub.server.requests.length).toBe(2);
  });
});
