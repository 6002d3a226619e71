// The source against the project's own hub: a real listing, real files, real refusals.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Manifest, ManifestFile } from '../../src/base/manifest.ts';
import { huggingface } from '../../src/sources/huggingface.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { makeDirectory, serveFiles, startHub } from '../hub/local-hub.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';

const FILES = {
  'config.json': '{"model_type":"test"}',
  'model.safetensors': 'weights, as far as a listing is concerned',
  'sub dir/ü#1?.txt': 'a name that needs encoding',
  'empty.txt': '',
};
const TOKEN = 'hf_tokenofthishub';

const contextOf = (hub: { readonly url: string }, token = ''): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent', HF_ENDPOINT: hub.url, HF_TOKEN: token },
  clock: fakeClock(),
});

async function resolve(context: SourceContext, revision = 'main', include: string[] = []): Promise<Manifest> {
  const source = { huggingface: { repo: 'org/name', revision, repoType: 'model' } } as const;
  return await huggingface.resolve(source, { include, exclude: [] }, context);
}

async function fetchFile(manifest: Manifest, file: ManifestFile, context: SourceContext): Promise<Buffer> {
  const { urls, credentials, explain } = await huggingface.locate(manifest, context)(file);
  const response = await context.http.request({ url: urls[0] ?? '', credentials });
  if (response.status !== 200) throw explain?.(response) ?? new Error(`status ${response.status}`);
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const hex = (algorithm: string, ...parts: (string | Buffer)[]): string => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

describe('a model on this hub', () => {
  it('is listed with sizes and digests that its files have', async () => {
    const { hub } = await serveFiles(FILES);
    const context = contextOf(hub);
    const manifest = await resolve(context);
    expect(manifest.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(manifest.files.map(({ path }) => path)).toEqual(Object.keys(FILES).sort());
    for (const file of manifest.files) {
      const content = await fetchFile(manifest, file, context);
      expect(content.length).toBe(file.size);
      const digest = file.sha256 === undefined ? file.gitBlobSha1 : file.sha256;
      const git = hex('sha1', `blob ${content.length}\0`, content);
      expect(digest).toBe(file.sha256 === undefined ? git : hex('sha256', content));
    }
    expect(manifest.files.find(({ path }) => path === 'model.safetensors')?.sha256).toBeDefined();
  });

  it('is the same at its commit, and of another kind not there', async () => {
    const { hub } = await serveFiles(FILES);
    const context = contextOf(hub);
    const { revision, files } = await resolve(context);
    expect((await resolve(context, revision)).files).toEqual(files);
    const dataset = { huggingface: { repo: 'org/name', revision: 'main', repoType: 'dataset' } } as const;
    const missing = rejection(huggingface.resolve(dataset, { include: [], exclude: [] }, context));
    expect((await missing).code).toMatch(/^(REPO_NOT_FOUND|AUTH_REQUIRED)$/);
  });

  it('of more files than one page holds is listed whole', async () => {
    const names = Array.from({ length: 1_203 }, (_, index) => `part-${String(index).padStart(4, '0')}.txt`);
    const { hub } = await serveFiles(Object.fromEntries(names.map((name) => [name, name])));
    expect((await resolve(contextOf(hub))).files.map(({ path }) => path)).toEqual(names);
  });

  it('is refused at a revision that it does not have', async () => {
    const { hub } = await serveFiles(FILES);
    const context = contextOf(hub);
    expect((await rejection(resolve(context, 'no/such/branch'))).code).toBe('REVISION_NOT_FOUND');
    expect((await rejection(resolve(context, 'f'.repeat(40)))).code).toBe('REVISION_NOT_FOUND');
  });

  it('gives its files, but not one that it does not have', async () => {
    const { hub } = await serveFiles(FILES);
    const context = contextOf(hub);
    const manifest = await resolve(context);
    const error = await rejection(fetchFile(manifest, { path: 'gone.txt' }, context));
    expect(error).toMatchObject({ code: 'ENTRY_NOT_FOUND' });
  });
});

describe('a hub that wants a token', () => {
  it('answers whoever has it and nobody else', async () => {
    const hub = await startHub([`org/name=${makeDirectory(FILES)}`], { token: TOKEN });
    expect((await resolve(contextOf(hub, TOKEN))).files).toHaveLength(4);
    expect((await rejection(resolve(contextOf(hub)))).code).toBe('AUTH_REQUIRED');
    const error = await rejection(resolve(contextOf(hub, 'hf_someothertoken')));
    expect(error.code).toBe('AUTH_INVALID');
    expect(error.message).toContain('HF_TOKEN');
  });

  it('lists a gated model for everyone, and gives its files to those who have access', async () => {
    const options = { token: TOKEN, gated: ['org/name'] };
    const hub = await startHub([`org/name=${makeDirectory(FILES)}`], options);
    const [anonymous, member] = [contextOf(hub), contextOf(hub, TOKEN)];
    const manifest = await resolve(anonymous);
    const file = { path: 'config.json' };
    expect((await fetchFile(manifest, file, member)).toString()).toBe(FILES['config.json']);
    const error = await rejection(fetchFile(manifest, file, anonymous));
    expect(error.code).toBe('AUTH_GATED');
    expect(error.remedies.join()).toContain(`${hub.url}/org/name`);
  });
});
