import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelError } from '../../../src/base/errors.ts';
import { repositoryAddress } from '../../../src/sources/distribution/address.ts';
import { findLogin, type FoundLogin } from '../../../src/sources/distribution/login.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const DOCKER = '.docker/config.json';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'login-'));
});
afterEach(() => rm(home, { recursive: true }));

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function find(registry = 'ghcr.io', environment: Record<string, string> = {}): FoundLogin {
  const address = repositoryAddress({ registry, repository: 'org/team/name', reference: 'v1' });
  return findLogin(address, { HOME: home, ...environment });
}

const auths = (...entries: [key: string, login: string][]): unknown => ({
  auths: Object.fromEntries(entries.map(([key, login]) => [key, { auth: base64(login) }])),
});
const loginOf = (found: FoundLogin): string | undefined =>
  found.login && Buffer.from(found.login.basic.replace('Basic ', ''), 'base64').toString();

describe('the login to a registry', () => {
  it('is none where no file has one', async () => {
    expect(find()).toEqual({});
    await write(DOCKER, auths(['quay.io', 'alice:secret']));
    expect(find()).toEqual({});
  });

  it('is found in the file of docker, with the name of the file', async () => {
    await write(DOCKER, auths(['ghcr.io', 'alice:se:cret']));
    expect(loginOf(find())).toBe('alice:se:cret');
    expect(find().login?.from).toBe(join(home, DOCKER));
  });

  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'https://registry-1.docker.io'],
    ['https://r.example:5000', 'https://r.example:5000'],
    ['localhost:5000', 'localhost:5000'],
  ])('is filed as %s for %s', async (key, registry) => {
    await write(DOCKER, auths([key, 'alice:secret']));
    expect(loginOf(find(registry))).toBe('alice:secret');
  });

  it.each([
    ['ghcr.io', 'https://ghcr.io:8443'],
    ['ghcr.io', 'https://ghcr.io.evil.example'],
    ['ghcr.io', 'https://evil-ghcr.io'],
    ['https://index.docker.io/v1/', 'https://index.docker.io.evil.example'],
  ])('for %s is not for %s', async (key, registry) => {
    await write(DOCKER, auths([key, 'alice:secret']));
    expect(find(registry).login).toBeUndefined();
  });

  it('is the one of the longest part of the name that has one', async () => {
    const logins = auths(['ghcr.io', 'all:x'], ['ghcr.io/org', 'org:x'], ['ghcr.io/organic', 'other:x']);
    await write(DOCKER, logins);
    expect(loginOf(find())).toBe('org:x');
  });

  it('is looked for in the files of podman first, or in REGISTRY_AUTH_FILE only', async () => {
    await write(DOCKER, auths(['ghcr.io', 'docker:x']));
    await write('.config/containers/auth.json', auths(['ghcr.io', 'podman:x']));
    await write('run/containers/auth.json', auths(['ghcr.io', 'runtime:x']));
    await write('own.json', auths(['quay.io', 'own:x']));
    expect(loginOf(find())).toBe('podman:x');
    expect(loginOf(find('ghcr.io', { XDG_RUNTIME_DIR: join(home, 'run') }))).toBe('runtime:x');
    expect(find('ghcr.io', { REGISTRY_AUTH_FILE: join(home, 'own.json') })).toEqual({});
    expect(loginOf(find('quay.io', { REGISTRY_AUTH_FILE: join(home, 'own.json') }))).toBe('own:x');
  });

  it('is looked for where DOCKER_CONFIG says', async () => {
    await write('elsewhere/config.json', auths(['ghcr.io', 'alice:x']));
    expect(loginOf(find('ghcr.io', { DOCKER_CONFIG: join(home, 'elsewhere') }))).toBe('alice:x');
  });

  it('stays here where the registry is not encrypted', async () => {
    await write(DOCKER, auths(['r.example', 'alice:secret']));
    expect(find('http://r.example')).toEqual({ withheld: 'http://r.example is not encrypted' });
  });

  it('is not asked of a credential helper, and the reason is given', async () => {
    await write(DOCKER, { auths: { 'ghcr.io': {} }, credsStore: 'desktop' });
    expect(find().withheld).toContain('docker-credential-desktop, which is not run');
    await write(DOCKER, { credHelpers: { 'ghcr.io': 'pass' } });
    expect(find().withheld).toContain('docker-credential-pass');
    expect(find('quay.io')).toEqual({});
  });

  it('cannot be an identity token yet, and the reason is given', async () => {
    await write(DOCKER, { auths: { 'ghcr.io': { auth: base64('00:'), identitytoken: 'secret' } } });
    expect(find().login).toBeUndefined();
    expect(find().withheld).toContain('identity token');
  });

  it.each([
    ['{"auths": {"ghcr.io": {"auth": "se cret', 'JSON'],
    [{ auths: { 'ghcr.io': { auth: base64('nocolonsecret') } } }, 'an `auth`'],
    [{ auths: { 'ghcr.io': { auth: base64('name:sec\r\nret') } } }, 'an `auth`'],
  ])('must be well-formed, and is not shown where it is not', async (content, wanted) => {
    await write(DOCKER, content);
    let error: ModelError | undefined;
    try {
      find();
    } catch (caught) {
      error = caught as ModelError;
    }
    expect(error?.code).toBe('AUTH_INVALID');
    expect(error?.wanted).toContain(wanted);
    expect(JSON.stringify(error)).not.toMatch(/se ?cret/);
  });
});
