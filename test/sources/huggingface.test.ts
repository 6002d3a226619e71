import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ModelError } from '../../src/base/errors.ts';
import type { Manifest } from '../../src/base/manifest.ts';
import type { ProgressEvent } from '../../src/base/progress.ts';
import type { FilePatterns, HuggingFaceSource } from '../../src/base/spec.ts';
import { huggingface } from '../../src/sources/huggingface.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { type FakeClock, fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { type Answer, type ScriptedHub, serveScript } from './scripted-hub.ts';

const COMMIT = 'c'.repeat(40);
const REVISION = '/api/models/org/name/revision/main';
const TREE = `/api/models/org/name/tree/${COMMIT}`;
const TOKEN = 'hf_averysecrettoken';
const BEARER = `Bearer ${TOKEN}`;

const file = (path: string, size = 1): unknown => ({ type: 'file', path, size, oid: 'a'.repeat(40) });
const paths = (manifest: Manifest): string[] => manifest.files.map(({ path }) => path);

interface Setting {
  readonly source?: Partial<HuggingFaceSource>;
  readonly files?: Partial<FilePatterns>;
  readonly environment?: Record<string, string>;
  readonly clock?: FakeClock;
  readonly progress?: (event: ProgressEvent) => void;
}

const sourceOf = (part: Partial<HuggingFaceSource> = {}): HuggingFaceSource => ({
  repo: 'org/name',
  revision: 'main',
  repoType: 'model',
  ...part,
});

function contextOf(hub: { readonly url: string }, setting: Setting): SourceContext {
  const environment = { HOME: '/nonexistent', HF_ENDPOINT: hub.url, ...setting.environment };
  return { http: openHttp(), environment, clock: setting.clock ?? fakeClock(), progress: setting.progress };
}

async function resolve(hub: { readonly url: string }, setting: Setting = {}): Promise<Manifest> {
  const patterns = { include: [], exclude: [], ...setting.files };
  const spec = { huggingface: sourceOf(setting.source) };
  return await huggingface.resolve(spec, patterns, contextOf(hub, setting));
}

/** A hub that knows org/name at main, with these files. */
const serveFiles = (...entries: unknown[]): Promise<ScriptedHub> =>
  serveScript({ [REVISION]: { json: { sha: COMMIT } }, [TREE]: { json: entries } });

describe('resolving', () => {
  it('pins the commit and lists its files in byte order, by two requests', async () => {
    const hub = await serveFiles(file('z'), file('B'), file('ü'), file('sub/a'));
    const manifest = await resolve(hub);
    expect(manifest.revision).toBe(COMMIT);
    expect(manifest.source).toEqual({ huggingface: sourceOf({ revision: COMMIT }) });
    expect(paths(manifest)).toEqual(['B', 'sub/a', 'z', 'ü']);
    expect(hub.log.map(([line]) => line)).toEqual([
      `GET ${REVISION}`,
      `GET ${TREE}?recursive=true&expand=false&limit=1000`,
    ]);
  });

  it('asks for no commit where the revision is one', async () => {
    const hub = await serveFiles(file('a'));
    expect((await resolve(hub, { source: { revision: COMMIT } })).revision).toBe(COMMIT);
    expect(hub.log).toHaveLength(1);
  });

  it('takes a commit in capital letters for a name: the hub knows whether it is one', async () => {
    const hub = await serveScript({
      [`/api/models/org/name/revision/${COMMIT.toUpperCase()}`]: { json: { sha: COMMIT } },
      [TREE]: { json: [file('a')] },
    });
    expect((await resolve(hub, { source: { revision: COMMIT.toUpperCase() } })).revision).toBe(COMMIT);
  });

  it.each([
    ['dataset', 'refs/pr/7', '/api/datasets/org/name', 'refs%2Fpr%2F7'],
    ['space', 'v1.0', '/api/spaces/org/name', 'v1.0'],
    ['model', 'feature/ä', '/api/models/org/name', 'feature%2F%C3%A4'],
  ] as const)('reaches a %s at %s', async (repoType, revision, api, encoded) => {
    const hub = await serveScript({
      [`${api}/revision/${encoded}`]: { json: { sha: COMMIT } },
      [`${api}/tree/${COMMIT}`]: { json: [file('a')] },
    });
    expect(paths(await resolve(hub, { source: { repoType, revision } }))).toEqual(['a']);
  });

  it('applies include and exclude patterns', async () => {
    const hub = await serveFiles(file('a.bin'), file('sub/b.bin'), file('c.txt'), file('old/b.bin'));
    const files = { include: ['*.bin', 'c.txt'], exclude: ['old/**'] };
    expect(paths(await resolve(hub, { files }))).toEqual(['a.bin', 'c.txt', 'sub/b.bin']);
  });

  it('follows the pages, with the token on its own origin only', async () => {
    const abroad = await serveScript({ '/page3': { json: [file('c')] } });
    const hub = await serveScript((self) => ({
      [REVISION]: { json: { sha: COMMIT } },
      [TREE]: { json: [file('a')], headers: { link: `<${self.url}/page2?cursor=x>; rel="next"` } },
      '/page2': { json: [file('b')], headers: { link: `<${abroad.url}/page3>; rel="next"` } },
    }));
    const manifest = await resolve(hub, { environment: { HF_TOKEN: TOKEN } });
    expect(paths(manifest)).toEqual(['a', 'b', 'c']);
    expect(hub.log.map(([, authorization]) => authorization)).toEqual([BEARER, BEARER, BEARER]);
    expect(abroad.log).toEqual([['GET /page3', undefined]]);
  });

  it('sends the token to the hub in HF_ENDPOINT, and not along with its redirects', async () => {
    const abroad = await serveScript({ '/api': { json: { sha: COMMIT } } });
    const hub = await serveScript({
      [REVISION]: { status: 307, headers: { location: `${abroad.url}/api` } },
      [TREE]: { json: [file('a')] },
    });
    await resolve(hub, { environment: { HF_TOKEN: TOKEN } });
    expect(hub.log.map(([, authorization]) => authorization)).toEqual([BEARER, BEARER]);
    expect(abroad.log).toEqual([['GET /api', undefined]]);
  });

  it('follows a repository that has been renamed', async () => {
    const hub = await serveScript({
      [REVISION]: { status: 307, headers: { location: '/api/models/new/name/revision/main' } },
      '/api/models/new/name/revision/main': { json: { sha: COMMIT } },
      [TREE]: { status: 307, headers: { location: `/api/models/new/name/tree/${COMMIT}` } },
      [`/api/models/new/name/tree/${COMMIT}`]: { json: [file('a')] },
    });
    expect(paths(await resolve(hub))).toEqual(['a']);
  });
});

describe('a hub that is busy', () => {
  it('is asked again after as long as its rate limit says', async () => {
    const limited: Answer = { status: 429, headers: { ratelimit: '"api";r=0;t=42' } };
    const answers = [limited, { json: { sha: COMMIT } }];
    const hub = await serveScript({ [REVISION]: answers, [TREE]: { json: [file('a')] } });
    const [clock, events] = [fakeClock(), [] as ProgressEvent[]];
    await resolve(hub, { clock, progress: (event) => void events.push(event) });
    expect(clock.sleeps).toHaveLength(1);
    expect(clock.sleeps[0]).toBeGreaterThanOrEqual(42_000);
    expect(events).toMatchObject([{ type: 'retry', path: 'huggingface:org/name@main', attempt: 1 }]);
  });

  it('is asked again after a broken answer, an internal problem, a connection that breaks', async () => {
    const half = (response: ServerResponse): void => void response.write('[', () => response.destroy());
    const hub = await serveScript({
      [REVISION]: [{ status: 502 }, (response) => response.destroy(), { json: { sha: COMMIT } }],
      [TREE]: [half, { json: [file('a')] }],
    });
    expect(paths(await resolve(hub))).toEqual(['a']);
    expect(hub.log).toHaveLength(5);
  });

  it('for too long is given up, with what it said', async () => {
    const hub = await serveScript({ [REVISION]: { status: 429, headers: { 'retry-after': '7200' } } });
    const error = await rejection(resolve(hub));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', subject: 'huggingface:org/name@main' });
    expect(error.message).toContain('7200 s');
    expect(hub.log).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const withToken = { HF_TOKEN: TOKEN };
  const code = (name: string): Record<string, string> => ({ 'x-error-code': name });
  const says = (message: string): Record<string, string> => ({ 'x-error-message': message });
  const refuse = async (status: number, headers: object, environment = {}): Promise<ModelError> => {
    const hub = await serveScript({ [REVISION]: { status, headers: { ...headers } } });
    const error = await rejection(resolve(hub, { environment }));
    // Nothing here gets better by asking again, and nothing may show the token.
    expect(hub.log).toHaveLength(1);
    expect(JSON.stringify([error, error.message])).not.toContain(TOKEN);
    return error;
  };

  it.each([
    ['a gated repository', 403, code('GatedRepo'), 'AUTH_GATED'],
    ['a gated repository, anonymously', 401, code('GatedRepo'), 'AUTH_GATED'],
    ['a missing repository', 404, code('RepoNotFound'), 'REPO_NOT_FOUND'],
    ['a missing or private repository', 401, code('RepoNotFound'), 'AUTH_REQUIRED'],
    ['a missing or private repository, without a code', 401, {}, 'AUTH_REQUIRED'],
    ['a missing revision', 404, code('RevisionNotFound'), 'REVISION_NOT_FOUND'],
    ['a missing entry', 404, code('EntryNotFound'), 'ENTRY_NOT_FOUND'],
    ['a disabled repository', 403, says('Access to this resource is disabled.'), 'REPO_DISABLED'],
    ['a bad token', 401, says('Invalid credentials in Authorization header'), 'AUTH_INVALID'],
    ['no reason', 403, {}, 'AUTH_REQUIRED'],
    ['a server that is no hub', 404, {}, 'REPO_NOT_FOUND'],
    ['a status of its own', 418, {}, 'HTTP_STATUS'],
  ])('for %s (status %d) has a code of its own', async (_, status, headers, expected) => {
    const error = await refuse(status, headers);
    expect(error).toMatchObject({ code: expected, subject: 'huggingface:org/name@main' });
    expect(error.found).toContain(`HTTP status ${status}`);
    expect(error.remedies.length).toBeGreaterThan(0);
  });

  it.each([
    ['a gated repository', 403, code('GatedRepo'), 'AUTH_GATED'],
    ['a missing or private repository', 401, code('RepoNotFound'), 'REPO_NOT_FOUND'],
    ['a missing or private repository, without a code', 401, {}, 'REPO_NOT_FOUND'],
    ['a bad token', 401, says('Invalid credentials in Authorization header'), 'AUTH_INVALID'],
    ['a token without the right', 403, says('fine-grained token'), 'AUTH_INVALID'],
  ])('for %s with a token names where the token came from', async (_, status, headers, expected) => {
    const error = await refuse(status, headers, withToken);
    expect(error.code).toBe(expected);
    expect([error.message, ...error.remedies].join()).toContain('HF_TOKEN');
  });

  it('of a gated model names the page on which to accept the terms', async () => {
    const answer = { status: 403, headers: code('GatedRepo') };
    const hub = await serveScript({ '/api/datasets/org/name/revision/main': answer });
    const error = await rejection(resolve(hub, { source: { repoType: 'dataset' } }));
    expect(error.remedies.join()).toContain(`${hub.url}/datasets/org/name`);
  });

  it('shows what the hub said, harmless on a terminal', async () => {
    const error = await refuse(403, says('no \u009b31m!'), withToken);
    expect(error.found).toBe('HTTP status 403, no ?31m!');
  });

  it('tells that a token was not sent, and why', async () => {
    const hub = await serveScript({ [REVISION]: { status: 401, headers: code('RepoNotFound') } });
    // To the http layer a name like this is not this machine, so the proxy stands in for it.
    const endpoint = 'http://mirror.test';
    const http = openHttp({ environment: { HTTP_PROXY: hub.url } });
    const context = { ...contextOf(hub, { environment: withToken }), http };
    const spec = { huggingface: sourceOf({ endpoint }) };
    const error = await rejection(huggingface.resolve(spec, { include: [], exclude: [] }, context));
    expect(error.remedies.join()).toContain('it was not sent: http://mirror.test is not encrypted');
    expect(hub.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a listing', () => {
  it.each([
    ['a name that leaves the model', [file('../../etc/passwd')], 'HOSTILE_NAME'],
    ['an absolute name', [file('/etc/passwd')], 'HOSTILE_NAME'],
    ['the same name twice', [file('a'), file('a')], 'HOSTILE_NAME'],
    ['names that differ in case only', [file('a'), file('A')], 'HOSTILE_NAME'],
    ['a file below a file', [file('a'), file('a/b')], 'HOSTILE_NAME'],
    ['an absurd size', [file('a', 1e300)], 'PROTOCOL'],
    ['an error in place of the list', { error: 'no' }, 'PROTOCOL'],
    ['no files at all', [], 'NO_FILES_MATCH'],
  ])('with %s is refused', async (_, json, expected) => {
    const hub = await serveScript({ [REVISION]: { json: { sha: COMMIT } }, [TREE]: { json } });
    expect((await rejection(resolve(hub))).code).toBe(expected);
  });

  it('of more entries than any model has is refused', async () => {
    const folders = Array<unknown>(300_000).fill({ type: 'directory', path: 'd' });
    const hub = await serveScript((self) => ({
      [REVISION]: { json: { sha: COMMIT } },
      [TREE]: { json: folders, headers: { link: `<${self.url}/more>; rel="next"` } },
      '/more': { json: folders },
    }));
    expect((await rejection(resolve(hub))).code).toBe('FORMAT_LIMIT');
  });

  it('with a hostile name that is not wanted does no harm', async () => {
    const hub = await serveFiles(file('../evil'), file('good'));
    expect(paths(await resolve(hub, { files: { include: ['good'] } }))).toEqual(['good']);
  });

  it('without any match shows what there is', async () => {
    const hub = await serveFiles(...Array.from({ length: 12 }, (_, index) => file(`f${index}`)));
    const error = await rejection(resolve(hub, { files: { include: ['*.gguf'] } }));
    expect(error).toMatchObject({ code: 'NO_FILES_MATCH', found: 'f0, f1, f2, f3, f4, f5, f6, f7 and 4 more' });
  });

  it('without a file that is wanted by its plain name is refused', async () => {
    const hub = await serveFiles(file('model.safetensors'));
    const error = await rejection(resolve(hub, { files: { include: ['*.safetensors', 'tokeniser.json'] } }));
    expect(error).toMatchObject({ code: 'NO_FILES_MATCH', message: 'There is no file "tokeniser.json"' });
  });

  it.each([
    ['a login page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' }],
    ['no commit', { json: { id: 'org/name' } }],
    ['a commit that is none', { json: { sha: '../../x' } }],
    ['null', { json: null }],
  ] as [string, Answer][])('begun with %s is refused', async (_, answer) => {
    const hub = await serveScript({ [REVISION]: answer });
    expect(await rejection(resolve(hub))).toMatchObject({ code: 'PROTOCOL', retriable: false });
  });
});

describe('locating', () => {
  const files = [{ path: 'sub dir/a#b.bin' }];
  const [wanted] = files;

  it('uses the commit, whatever the spec asked for, and the token', async () => {
    const context = contextOf({ url: 'https://mirror.test' }, { environment: { HF_TOKEN: TOKEN } });
    const manifest = { source: { huggingface: sourceOf({ repoType: 'space' }) }, revision: COMMIT, files };
    const locator = await huggingface.locate(manifest, context)(wanted ?? { path: '' });
    expect(locator).toMatchObject({
      urls: [`https://mirror.test/spaces/org/name/resolve/${COMMIT}/sub%20dir/a%23b.bin`],
      credentials: { authorization: BEARER },
    });
  });

  it('explains refusals of the hub, and leaves those of its storage to their status', async () => {
    const context = contextOf({ url: 'https://mirror.test' }, {});
    const manifest = { source: { huggingface: sourceOf() }, revision: COMMIT, files };
    const { explain } = await huggingface.locate(manifest, context)(wanted ?? { path: '' });
    const gated = { status: 401, headers: { 'x-error-code': 'GatedRepo' }, url: 'https://mirror.test/x' };
    expect(explain?.(gated)).toMatchObject({
      code: 'AUTH_GATED',
      subject: `huggingface:org/name@${COMMIT}: sub dir/a#b.bin`,
    });
    const plain = (status: number, host: string): unknown =>
      explain?.({ status, headers: {}, url: `https://${host}/x` })?.code;
    expect(plain(404, 'mirror.test')).toBe('ENTRY_NOT_FOUND');
    expect(plain(403, 'storage.test')).toBeUndefined();
    expect(plain(500, 'mirror.test')).toBeUndefined();
  });
});

describe('the short form', () => {
  it.each([
    [{}, 'huggingface:org/name@main'],
    [{ repoType: 'dataset', revision: 'refs/pr/1' }, 'huggingface:datasets/org/name@refs/pr/1'],
  ] as [Partial<HuggingFaceSource>, string][])('of %j is %s', (part, expected) => {
    expect(huggingface.describe({ huggingface: sourceOf(part) })).toBe(expected);
  });
});
