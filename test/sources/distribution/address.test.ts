import { describe, expect, it } from 'vitest';
import { blobUrl, manifestUrl, repositoryAddress, shortForm } from '../../../src/sources/distribution/address.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const addressOf = (registry: string, repository = 'org/name', reference = 'v1'): ReturnType<typeof repositoryAddress> =>
  repositoryAddress({ registry, repository, reference });

describe('the address of a repository', () => {
  it.each([
    ['https://ghcr.io', 'https://ghcr.io', 'ghcr.io/org/name:v1'],
    ['ghcr.io', 'https://ghcr.io', 'ghcr.io/org/name:v1'],
    ['https://r.example:8443/', 'https://r.example:8443', 'r.example:8443/org/name:v1'],
    ['http://r.example', 'http://r.example', 'http://r.example/org/name:v1'],
    ['localhost:5000', 'http://localhost:5000', 'localhost:5000/org/name:v1'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000', '127.0.0.1:5000/org/name:v1'],
    ['https://localhost:5000', 'https://localhost:5000', 'https://localhost:5000/org/name:v1'],
  ])('of %s is at %s', (registry, origin, short) => {
    const address = addressOf(registry);
    expect(address.origin).toBe(origin);
    expect(shortForm(address)).toBe(short);
    expect(manifestUrl(address, 'v1')).toBe(`${origin}/v2/org/name/manifests/v1`);
    expect(blobUrl(address, DIGEST)).toBe(`${origin}/v2/org/name/blobs/${DIGEST}`);
  });

  it.each(['docker.io', 'https://docker.io', 'https://index.docker.io', 'https://registry-1.docker.io'])(
    'of %s is where Docker Hub has its API, and library/ for a name alone',
    (registry) => {
      const address = addressOf(registry, 'model', DIGEST);
      expect(address.origin).toBe('https://registry-1.docker.io');
      expect(shortForm(address)).toBe(`docker.io/library/model@${DIGEST}`);
    },
  );

  it.each<[registry: string, repository?: string, reference?: string]>([
    ['ftp://ghcr.io'],
    ['https://user:password@ghcr.io'],
    ['https://ghcr.io/v2'],
    ['https://ghcr.io/?x=1'],
    [''],
    ['https://ghcr.io', '../admin'],
    ['https://ghcr.io', 'org//name'],
    ['https://ghcr.io', 'org/na me'],
    ['https://ghcr.io', 'org/name?x'],
    ['https://ghcr.io', 'a/'.repeat(127) + 'aa'],
    ['https://ghcr.io', 'org/name', '../../x'],
    ['https://ghcr.io', 'org/name', 'sha256:abc'],
    ['https://ghcr.io', 'org/name', `sha512:${'a'.repeat(128)}`],
    ['https://ghcr.io', 'org/name', ''],
    ['https://ghcr.io', 'org/name', 'x'.repeat(129)],
  ])('is refused: %s %s %s', (registry, repository, reference) => {
    expect(() => addressOf(registry, repository, reference)).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });
});
