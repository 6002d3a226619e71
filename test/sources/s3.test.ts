// The source `s3` against a real server, OpenStack Swift, which checks every signature. What Swift does
// not do (checksums, regions, hostile answers) is in s3-scripted.test.ts.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { FilePatterns, S3Source } from '../../src/base/spec.ts';
import { s3 } from '../../src/sources/s3.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { download } from './download.ts';
import { hasSwift, startSwift, STRANGER, type Swift, WRITER } from './s3/swift.ts';

const skipped = hasSwift ? '' : ' (skipped: python3-swift is not installed)';
const ODD = "sub dir/ü+x*(1)!'~&=.txt";

describe.skipIf(!hasSwift)(`a bucket of a real server${skipped}`, () => {
  let swift: Swift;

  beforeAll(async () => {
    swift = await startSwift();
    await swift.createBucket('plain');
    await swift.createBucket('versioned', { versioned: true });
    // Swift gives ten keys to a page here.
    for (let n = 10; n < 33; n++) await swift.put('plain', `many/shard-${n}`, `shard ${n}`);
    await swift.put('plain', 'many-more/no', 'no');
    await swift.put('plain', 'tiny/', '');
    await swift.put('plain', 'tiny/config.json', '{}');
    await swift.put('plain', `tiny/${ODD}`, 'odd');
    await swift.put('plain', 'tiny/empty', '');
    await swift.put('plain', 'tiny/sub/', '');
    await swift.put('plain', 'single.gguf', 'GGUF');
  });
  afterAll(() => swift.close());

  const sourceOf = (part: Partial<S3Source>): S3Source => ({
    bucket: 'plain', prefix: 'tiny', endpoint: swift.url, region: 'us-east-1', ...part,
  });
  const contextOf = (environment: Record<string, string> = WRITER): SourceContext => ({
    http: openHttp(),
    environment: { HOME: '/nonexistent', ...environment },
  });
  const resolve = (
    part: Partial<S3Source> = {},
    files: Partial<FilePatterns> = {},
    context = contextOf(),
  ): Promise<Manifest> => s3.resolve({ s3: sourceOf(part) }, { include: [], exclude: [], ...files }, context);
  const pathsOf = ({ files }: Manifest): string[] => files.map(({ path }) => path);

  it('is listed below the prefix, with or without a slash at its end, without folder markers', async () => {
    const manifest = await resolve();
    expect(manifest.files).toEqual([
      { path: 'config.json', size: 2 },
      { path: 'empty', size: 0 },
      { path: ODD, size: 3 },
    ]);
    expect(await resolve({ prefix: 'tiny/' })).toMatchObject({ files: manifest.files });
    expect(await download(s3, manifest, contextOf())).toEqual({ 'config.json': '{}', empty: '', [ODD]: 'odd' });
  });

  it('is listed to its last page', async () => {
    expect(pathsOf(await resolve({ prefix: 'many' }))).toEqual(Array.from({ length: 23 }, (_, n) => `shard-${n + 10}`));
    expect(pathsOf(await resolve({ prefix: 'many' }, { include: ['shard-2?'], exclude: ['shard-20'] }))).toHaveLength(9);
  });

  it('may be a model as a whole', async () => {
    expect(pathsOf(await resolve({ prefix: '' }, { include: ['single.gguf'] }))).toEqual(['single.gguf']);
  });

  it('may hold a model that is one object', async () => {
    const manifest = await resolve({ prefix: 'single.gguf' });
    expect(manifest.files).toEqual([{ path: 'single.gguf', size: 4 }]);
    expect(await download(s3, manifest, contextOf())).toEqual({ 'single.gguf': 'GGUF' });
  });

  it('gives the version that was locked, also when another one has replaced it, or nothing has', async () => {
    const context = contextOf();
    const version = await swift.put('versioned', 'model/w', 'old');
    await swift.put('versioned', 'model/x', 'gone');
    const manifest = await resolve({ bucket: 'versioned', prefix: 'model' }, {}, context);
    expect(manifest.files[0]).toEqual({ path: 'w', size: 3, version });
    await swift.put('versioned', 'model/w', 'newer');
    await swift.remove('versioned', 'model/x');
    expect(await download(s3, manifest, context)).toEqual({ w: 'old', x: 'gone' });
  });

  it('gives an object that has changed since to nobody who has locked another one', async () => {
    await swift.put('plain', 'moving/w', 'old');
    const context = contextOf();
    const manifest = await resolve({ prefix: 'moving' }, {}, context);
    const sha256 = createHash('sha256').update('old').digest('hex');
    const locked = { ...manifest, files: manifest.files.map((file) => ({ ...file, sha256 })) };
    await swift.put('plain', 'moving/w', 'new');
    expect(await rejection(download(s3, locked, context))).toMatchObject({ code: 'HASH_MISMATCH' });
    await swift.put('plain', 'moving/w', 'longer');
    expect(await rejection(download(s3, locked, context))).toMatchObject({ code: 'SIZE_MISMATCH' });
    await swift.remove('plain', 'moving/w');
    const error = await rejection(download(s3, locked, context));
    expect(error).toMatchObject({ code: 'ENTRY_NOT_FOUND', subject: 's3://plain/moving/w' });
  });

  it.each([
    ['a wrong secret', { ...WRITER, AWS_SECRET_ACCESS_KEY: 'wrong' }, 'AUTH_INVALID', 'secret key of AWS_ACCESS_KEY_ID', 'SignatureDoesNotMatch'],
    ['an unknown key', { ...WRITER, AWS_ACCESS_KEY_ID: 'test:nobody' }, 'AUTH_INVALID', 'AWS_ACCESS_KEY_ID', 'SignatureDoesNotMatch'],
    ['no right to list', STRANGER, 'AUTH_INVALID', 'refuses access to AWS_ACCESS_KEY_ID', 'AccessDenied'],
  ])('is closed to %s, and says so', async (_, environment, code, message, found) => {
    const error = await rejection(resolve({}, {}, contextOf(environment)));
    expect(error).toMatchObject({ code, subject: 's3://plain/tiny' });
    expect(error.message).toContain(message);
    expect(error.found).toContain(found);
    expect(error.remedies.join()).toMatch(/anonymous = true/);
  });

  it('is closed to a wrong secret also where nothing is listed, and says why', async () => {
    const context = contextOf({ ...WRITER, AWS_SECRET_ACCESS_KEY: 'wrong' });
    const locked = { source: { s3: sourceOf({}) }, files: [{ path: 'config.json', size: 2 }] };
    const error = await rejection(download(s3, locked, context));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', subject: 's3://plain/tiny/config.json' });
    expect(error.found).toContain('SignatureDoesNotMatch');
  });

  it('is closed to a clock that is wrong, and says so', async () => {
    const context = { ...contextOf(), clock: fakeClock(Date.now() - 86_400_000) };
    const error = await rejection(resolve({}, {}, context));
    expect(error.code).toBe('AUTH_INVALID');
    expect(error.message).toMatch(/clock/);
  });

  it.each([
    ['that is not there', { bucket: 'nowhere' }, 'REPO_NOT_FOUND'],
    ['with nothing below the prefix', { prefix: 'tin' }, 'NO_FILES_MATCH'],
    ['with a name that is none', { bucket: '../plain' }, 'SPEC_INVALID'],
    ['behind an address that is none', { endpoint: 'ftp://127.0.0.1' }, 'SPEC_INVALID'],
    ['with a prefix that leads out of it', { prefix: '../other/tiny' }, 'SPEC_INVALID'],
  ])('is refused where it is one %s', async (_, part, code) => {
    expect(await rejection(resolve(part))).toMatchObject({ code });
  });

  it('opens to a profile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'credentials');
    await writeFile(file, '[writer]\naws_access_key_id = test:writer\naws_secret_access_key = writing\n');
    const context = contextOf({ AWS_SHARED_CREDENTIALS_FILE: file });
    expect((await resolve({ profile: 'writer' }, {}, context)).files).toHaveLength(3);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await rejection(resolve({ profile: 'other' }, {}, context));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', wanted: `[other] in ${file} and /nonexistent/.aws/config` });
  });

  it('opens to what the metadata service of a container gives', async () => {
    const metadata = await serve((_, response) => {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: 'test:writer', SecretAccessKey: 'writing', Token: 'session', Expiration: expiration }));
    });
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${metadata.url}/credentials`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await resolve({}, {}, contextOf({}))).files).toHaveLength(3);
    expect(metadata.requests).toHaveLength(1);
  });

  it('without any credentials says where they were looked for, and what else there is', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await rejection(resolve({}, {}, contextOf({})));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(error.wanted).toMatch(/AWS_ACCESS_KEY_ID.*\/nonexistent\/\.aws\/credentials.*metadata/);
    expect(error.remedies.join()).toMatch(/anonymous = true/);
  });
});
