import { describe, expect, it } from 'vitest';
import type { ModelError } from '../../../src/base/errors.ts';
import { chooseEntry } from '../../../src/sources/distribution/index-entry.ts';
import { type ManifestIndex, parseManifest } from '../../../src/sources/distribution/manifest.ts';

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;
const blob = { mediaType: 'text/plain', digest: digestOf('a'), size: 3 };
const parse = (value: unknown): ReturnType<typeof parseManifest> =>
  parseManifest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'oci:r/x:v1');

function failure(action: () => unknown): ModelError {
  try {
    action();
  } catch (error) {
    return error as ModelError;
  }
  throw new Error('nothing was thrown');
}

describe('a manifest', () => {
  it('has a config and layers', () => {
    const layers = [{ ...blob, annotations: { a: 'b', n: 1 }, urls: ['https://elsewhere.example'] }];
    const found = { ...blob, annotations: {}, platform: undefined };
    expect(parse({ schemaVersion: 2, config: blob, layers })).toEqual({
      kind: 'artifact',
      config: found,
      layers: [{ ...found, annotations: { a: 'b' } }],
    });
  });

  it('may have no config', () => {
    expect(parse({ schemaVersion: 2, config: null, layers: [] })).toMatchObject({ config: undefined });
  });

  it.each([
    ['of schema 1', { schemaVersion: 1, fsLayers: [] }, 'schema 1'],
    ['of an unknown schema', { schemaVersion: 3, layers: [] }, 'no manifest'],
    ['without layers', { schemaVersion: 2, mediaType: 'application/x' }, 'no manifest'],
    ['that is an index as well', { schemaVersion: 2, layers: [], manifests: [] }, 'no manifest'],
    ['that is a list', [], 'no manifest'],
    ['that is nothing', 'null', 'no manifest'],
    ['that is a web page', '<html>', 'no manifest'],
    ['with a layer that is none', { schemaVersion: 2, layers: [null] }, 'no manifest'],
    ['without a media type', { schemaVersion: 2, layers: [{ ...blob, mediaType: 1 }] }, 'no manifest'],
    ['with a negative size', { schemaVersion: 2, layers: [{ ...blob, size: -1 }] }, 'no manifest'],
    ['with half a byte', { schemaVersion: 2, layers: [{ ...blob, size: 0.5 }] }, 'no manifest'],
    ['with a size beyond numbers', { schemaVersion: 2, layers: [{ ...blob, size: 2 ** 53 }] }, 'no manifest'],
    ['with a path for a digest', { schemaVersion: 2, layers: [{ ...blob, digest: '../../x' }] }, 'no manifest'],
    ['with capital digits', { schemaVersion: 2, layers: [{ ...blob, digest: digestOf('A') }] }, 'no manifest'],
  ])('%s is refused', (_, value, message) => {
    const error = failure(() => parse(value));
    expect(error.code).toBe('PROTOCOL');
    expect(error.message).toContain(message);
    expect(error.subject).toContain('oci:r/x:v1');
  });
});

describe('an index', () => {
  const indexOf = (...manifests: unknown[]): ManifestIndex => {
    const parsed = parse({ schemaVersion: 2, manifests });
    if (parsed.kind !== 'index') throw new Error('not an index');
    return parsed;
  };
  const chosen = (...manifests: unknown[]): string => chooseEntry(indexOf(...manifests), 'oci:r/x:v1').digest;
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => ({ ...blob, digest: digestOf(digit) }));
  const arm = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  const attestation = {
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  };

  it('of one manifest means that one, whatever its platform', () => {
    expect(chosen({ ...a, platform: arm })).toBe(digestOf('a'));
    expect(chosen(a, a)).toBe(digestOf('a'));
  });

  it('means the only one without a platform', () => {
    expect(chosen({ ...a, platform: arm }, b)).toBe(digestOf('b'));
  });

  it('does not mean how an image was made', () => {
    expect(chosen({ ...a, platform: arm }, { ...b, ...attestation })).toBe(digestOf('a'));
    expect(failure(() => chosen({ ...b, ...attestation })).code).toBe('NO_FILES_MATCH');
    expect(failure(() => chosen()).code).toBe('NO_FILES_MATCH');
  });

  it('leaves the choice among several to the user', () => {
    const hostile = { os: 'linux\u001b[2J', architecture: 'amd64' };
    const entries = [{ ...a, platform: arm }, { ...b, platform: hostile }, { ...c, platform: arm }];
    const error = failure(() => chosen(...entries));
    expect(error.code).toBe('REVISION_NOT_FOUND');
    expect(error.remedies).toEqual([
      `${digestOf('a')}  linux/arm64/v8`,
      `${digestOf('b')}  linux?[2J/amd64`,
      `${digestOf('c')}  linux/arm64/v8`,
    ]);
  });
});
