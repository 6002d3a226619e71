// The source `oci` against registries that are broken, hostile or merely strict; the real one is in
// registries.test.ts. What is said of manifests and tokens holds for `ollama` as well.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Manifest, Stage } from '../../src/base/manifest.ts';
import type { FilePatterns, SourceSpec } from '../../src/base/spec.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { oci } from '../../src/sources/oci.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { type FakeClock, fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { FILEPATH, hexOf, makeArtifact, makeIndex, type Part } from './artifact.ts';
import { type ScriptedHub, serveScript } from './scripted-hub.ts';
import { blobPath, challenge, manifestPath, refuse, send, serveRegistry } from './scripted-registry.ts';

const WEIGHTS = 'weights';
const named = (path: string, content = WEIGHTS): Part => {
  return { mediaType: 'application/vnd.cncf.model.weight.v1.raw', content, annotations: { [FILEPATH]: path } };
};
const ARTIFACT = makeArtifact({ layers: [named('model.gguf'), named('other.txt', 'other')] });
const TAGGED = manifestPath('v1');
const PINNED = manifestPath(ARTIFACT.digest);
const BLOB = blobPath(hexOf(WEIGHTS));
const OTHER = blobPath(hexOf('other'));
const everything: FilePatterns = { include: [], exclude: [] };
const onlyModel: FilePatterns = { include: ['model.gguf'], exclude: [] };

const specOf = ({ url }: { readonly url: string }, reference = 'v1'): SourceSpec => ({
  oci: { registry: url, repository: 'org/name', reference },
});

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oci-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

interface Setting {
  readonly clock?: FakeClock;
  /** What the user's login file says of this registry: `name:password`. */
  readonly login?: string;
}

async function contextOf({ url }: { readonly url: string }, setting: Setting = {}): Promise<SourceContext> {
  const { login, clock = fakeClock() } = setting;
  const file = join(await scratch(), 'auth.json');
  const auths = login === undefined ? {} : { [new URL(url).host]: { auth: Buffer.from(login).toString('base64') } };
  await writeFile(file, JSON.stringify({ auths }));
  return { http: openHttp(), environment: { HOME: '/nonexistent', REGISTRY_AUTH_FILE: file }, clock };
}

async function resolve(registry: { readonly url: string }, setting: Setting = {}, reference = 'v1'): Promise<Manifest> {
  return await oci.resolve(specOf(registry, reference), everything, await contextOf(registry, setting));
}

/** What a lock of `model.gguf` would give the downloader. */
const lockedModel = (registry: { readonly url: string }): Manifest => ({
  source: specOf(registry),
  revision: ARTIFACT.digest,
  files: [{ path: 'model.gguf', size: WEIGHTS.length, sha256: hexOf(WEIGHTS) }],
});

async function download(manifest: Manifest, context: SourceContext, folder?: string): Promise<Stage> {
  const directory = folder ?? (await scratch());
  return await downloadManifest(manifest, {
    http: context.http,
    locate: oci.locate(manifest, context),
    directory: join(directory, 'files'),
    journalDirectory: join(directory, 'journal'),
    clock: fakeClock(),
  });
}

const lines = ({ log }: ScriptedHub): string[] => log.map(([line]) => line);
const authorizations = ({ log }: ScriptedHub): (string | undefined)[] => log.map(([, value]) => value);
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

describe('a registry that wants a token', () => {
  it('gets one for reading this repository, whatever scope it asks for', async () => {
    const tokens = await serveScript({ '/token': { json: { token: 'abc' } } });
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: [
        challenge(`realm="${tokens.url}/token?x=1",service="registry.example",scope="repository:victim/x:pull,push"`),
        send(ARTIFACT.manifest),
      ],
    });
    await resolve(registry);
    const scope = 'scope=repository%3Aorg%2Fname%3Apull';
    expect(tokens.log).toEqual([[`GET /token?x=1&service=registry.example&${scope}`, undefined]]);
    expect(authorizations(registry)).toEqual([undefined, 'Bearer abc']);
  });

  it('gets one for the user whose login there is: the login itself only goes to the realm', async () => {
    const tokens = await serveScript({ '/token': { json: { access_token: 'abc' } } });
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: [challenge(`realm="${tokens.url}/token"`), send(ARTIFACT.manifest)],
    });
    await resolve(registry, { login: 'alice:secret' });
    expect(authorizations(tokens)).toEqual([basic('alice:secret')]);
    expect(authorizations(registry)).toEqual([undefined, 'Bearer abc']);
  });

  it('gets another one when that has expired, one for all files', async () => {
    const tokens = await serveScript({ '/token': [{ json: { token: 'old' } }, { json: { token: 'new' } }] });
    const wants = challenge(`realm="${tokens.url}/token"`);
    const strict = (content: string) => (response: ServerResponse): void => {
      const fresh = response.req.headers.authorization === 'Bearer new';
      if (fresh) response.end(content);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="${tokens.url}/token"` }).end();
    };
    const registry = await serveRegistry(ARTIFACT, {
      [PINNED]: wants,
      [BLOB]: strict(WEIGHTS),
      [OTHER]: strict('other'),
    });
    const files = [WEIGHTS, 'other'].map((content) => ({ path: content, size: content.length, sha256: hexOf(content) }));
    const stage = await download({ ...lockedModel(registry), files }, await contextOf(registry));
    expect(stage.files).toHaveLength(2);
    expect(tokens.log).toHaveLength(2);
    expect(lines(registry).filter((line) => line.startsWith('HEAD'))).toHaveLength(2);
  });

  it('is asked again where its place for tokens is busy', async () => {
    const busy = { status: 503 };
    const tokens = await serveScript({ '/token': [busy, { json: { token: 'a' } }, busy, { json: { token: 'b' } }] });
    const strict = challenge(`realm="${tokens.url}/token"`);
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: [strict, strict, send(ARTIFACT.manifest)],
      [PINNED]: strict,
    });
    await resolve(registry);
    const stage = await download(lockedModel(registry), await contextOf(registry));
    expect(stage.files).toHaveLength(1);
    expect(tokens.log).toHaveLength(4);
  });

  it('is refused a login or a question where its place for tokens is not to be trusted', async () => {
    for (const realm of ['http://tokens.example/t', 'ftp://127.0.0.1/t', 'https://u:p@tokens.example/t', 'token', '']) {
      const registry = await serveRegistry(ARTIFACT, { [TAGGED]: challenge(`realm="${realm}"`) });
      const error = await rejection(resolve(registry, { login: 'alice:secret' }));
      expect(error.code).toBe('PROTOCOL');
      expect(error.message).toContain('cannot be trusted');
      expect(authorizations(registry)).toEqual([undefined]);
    }
  });

  it.each([
    [{ status: 401 }, 'alice:secret', 'AUTH_INVALID'],
    [{ status: 403 }, undefined, 'AUTH_REQUIRED'],
    [{ status: 400 }, undefined, 'AUTH_REQUIRED'],
    [{ status: 418 }, undefined, 'HTTP_STATUS'],
    [{ json: { token: 'two\r\nlines' } }, undefined, 'PROTOCOL'],
    [{ json: { nothing: 1 } }, undefined, 'PROTOCOL'],
    [{ json: null }, undefined, 'PROTOCOL'],
    [{ status: 200, body: '<html>' }, undefined, 'PROTOCOL'],
  ])('fails in words where it gives none: %j', async (answer, login, code) => {
    const tokens = await serveScript({ '/token': answer });
    const registry = await serveRegistry(ARTIFACT, { [TAGGED]: challenge(`realm="${tokens.url}/token"`) });
    const error = await rejection(resolve(registry, login === undefined ? {} : { login }));
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('fails in words where the token does not help', async () => {
    const tokens = await serveScript({ '/token': { json: { token: 'abc' } } });
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: [challenge(`realm="${tokens.url}/token"`), refuse(403, 'DENIED')],
    });
    const error = await rejection(resolve(registry));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', found: 'HTTP status 403, DENIED: because of DENIED' });
  });
});

describe('secrets', () => {
  it('are not sent where a challenge comes from another place than the registry', async () => {
    const thief = await serveScript((self) => ({
      '/storage': challenge(`realm="${self.url}/token"`),
      '/token': { json: { token: 'abc' } },
    }));
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: { status: 307, headers: { location: `${thief.url}/storage` } },
    });
    const error = await rejection(resolve(registry, { login: 'alice:secret' }));
    expect(error.code).toBe('AUTH_REQUIRED');
    expect(thief.log).toEqual([['GET /storage', undefined]]);
  });

  it('stay behind when a blob is elsewhere', async () => {
    const storage = await serveScript({ '/blob': send(WEIGHTS) });
    const registry = await serveRegistry(ARTIFACT, {
      [PINNED]: refuse(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="x"' }),
      [BLOB]: { status: 307, headers: { location: `${storage.url}/blob` } },
    });
    await download(lockedModel(registry), await contextOf(registry, { login: 'alice:secret' }));
    expect(authorizations(registry)).toEqual([undefined, basic('alice:secret')]);
    expect(storage.log).toEqual([['GET /blob', undefined]]);
  });
});

describe('a manifest', () => {
  it('that is not the one of its digest is refused', async () => {
    const other = makeArtifact({ layers: [named('evil.gguf', 'evil')] });
    const registry = await serveRegistry(ARTIFACT, {
      [PINNED]: send(other.manifest),
      [TAGGED]: send(other.manifest, { 'docker-content-digest': ARTIFACT.digest }),
    });
    for (const reference of [ARTIFACT.digest, 'v1']) {
      const error = await rejection(resolve(registry, {}, reference));
      expect(error).toMatchObject({ code: 'HASH_MISMATCH', wanted: ARTIFACT.digest, found: other.digest });
    }
  });

  it('that an index leads to must have the digest that the index says', async () => {
    const index = makeIndex([{ artifact: ARTIFACT }]);
    const registry = await serveRegistry(index, { [PINNED]: send('{}') });
    expect((await rejection(resolve(registry))).code).toBe('HASH_MISMATCH');
  });

  it('must not be an index behind an index', async () => {
    const inner = makeIndex([{ artifact: ARTIFACT }]);
    const registry = await serveRegistry(makeIndex([{ artifact: inner }]), {
      [manifestPath(inner.digest)]: send(inner.manifest),
    });
    expect((await rejection(resolve(registry))).message).toContain('index of indexes');
  });

  it('that never ends is given up', async () => {
    const registry = await serveRegistry(ARTIFACT, {
      [TAGGED]: (response) => {
        const more = (): void => {
          if (!response.destroyed) response.write(Buffer.alloc(65_536, 0x20), more);
        };
        more();
      },
    });
    const error = await rejection(resolve(registry));
    expect(error).toMatchObject({ code: 'PROTOCOL', wanted: 'at most 4194304 bytes' });
  });

  it.each([
    ['../../etc/passwd'],
    ['/etc/passwd'],
    ['a/../../b'],
    ['a\\b'],
    ['C:evil'],
    ['.git/config'],
    ['a\u0000b'],
    ['a\u001b[2Jb'],
    [''],
    ['.oci/manifest.json'],
  ])('must not name its files so: %j', async (path) => {
    const registry = await serveRegistry(makeArtifact({ layers: [named(path)] }));
    expect((await rejection(resolve(registry))).code).toBe('HOSTILE_NAME');
  });

  it('must not give two files one name', async () => {
    const layers = [named('a.gguf', 'one'), named('A.gguf', 'two')];
    const registry = await serveRegistry(makeArtifact({ layers }));
    expect((await rejection(resolve(registry))).code).toBe('HOSTILE_NAME');
  });

  it.each([
    ['of schema 1', '{"schemaVersion":1,"fsLayers":[]}', 'schema 1'],
    ['that is none', '{"hello":"world"}', 'no manifest of an artifact'],
    ['that is a web page', '<html>log in</html>', 'no manifest of an artifact'],
  ])('%s is refused', async (_, content, message) => {
    const registry = await serveRegistry(ARTIFACT, { [TAGGED]: send(content) });
    const error = await rejection(resolve(registry));
    expect(error.code).toBe('PROTOCOL');
    expect(error.message).toContain(message);
  });

  it('may be unknown for several reasons', async () => {
    for (const [answer, code] of [
      [refuse(404, 'NAME_UNKNOWN'), 'REPO_NOT_FOUND'],
      [refuse(404, 'MANIFEST_UNKNOWN'), 'REVISION_NOT_FOUND'],
      [{ status: 404, body: '<html>' }, 'REPO_NOT_FOUND'],
      [refuse(401, 'UNAUTHORIZED'), 'AUTH_REQUIRED'],
    ] as const) {
      const registry = await serveRegistry(ARTIFACT, { [TAGGED]: answer });
      expect((await rejection(resolve(registry))).code).toBe(code);
    }
  });

  it('is asked for again where the registry is busy', async () => {
    const clock = fakeClock();
    const busy = refuse(429, 'TOOMANYREQUESTS', { 'retry-after': '7' });
    const answers = [{ status: 503 }, busy, send(ARTIFACT.manifest)];
    const registry = await serveRegistry(ARTIFACT, { [TAGGED]: answers });
    await resolve(registry, { clock });
    expect(clock.sleeps).toHaveLength(2);
    expect(clock.sleeps[1]).toBeGreaterThanOrEqual(7_000);
  });

  it('is pinned: a tag that has moved since does not matter', async () => {
    const other = makeArtifact({ layers: [named('model.gguf', 'newer')] });
    const answers = [send(ARTIFACT.manifest), send(other.manifest)];
    const registry = await serveRegistry(ARTIFACT, { [TAGGED]: answers });
    const context = await contextOf(registry);
    const manifest = await oci.resolve(specOf(registry), onlyModel, context);
    const stage = await download(manifest, context);
    expect(stage.files).toEqual([{ path: 'model.gguf', size: WEIGHTS.length, sha256: hexOf(WEIGHTS) }]);
    expect(lines(registry).filter((line) => line.endsWith(TAGGED))).toHaveLength(1);
  });
});

describe('a registry that lies about a blob', () => {
  it.each([
    ['other bytes', send('weighty'), 'HASH_MISMATCH'],
    ['fewer bytes', send('weight'), 'SIZE_MISMATCH'],
    ['more bytes', send('weights, and then some'), 'SIZE_MISMATCH'],
  ])('is found out: %s', async (_, answer, code) => {
    const registry = await serveRegistry(ARTIFACT, { [BLOB]: answer });
    const folder = await scratch();
    const error = await rejection(download(lockedModel(registry), await contextOf(registry), folder));
    expect(error.code).toBe(code);
    expect(await readdir(join(folder, 'files'))).not.toContain('model.gguf');
  });
});
