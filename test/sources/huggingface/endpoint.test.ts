import { describe, expect, it } from 'vitest';
import type { HuggingFaceSource } from '../../../src/base/spec.ts';
import { apiUrl, endpointOf, fileUrl, pageUrl } from '../../../src/sources/huggingface/endpoint.ts';

const HUB = 'https://huggingface.co';
const source = (part: Partial<HuggingFaceSource> = {}): HuggingFaceSource => ({
  repo: 'org/name',
  revision: 'main',
  repoType: 'model',
  ...part,
});
const invalid = expect.objectContaining({ code: 'SPEC_INVALID' }) as Error;

describe('addresses on a hub', () => {
  it('have a prefix for datasets and spaces, in the API for all', () => {
    const types = ['model', 'dataset', 'space'] as const;
    expect(types.map((repoType) => apiUrl(HUB, source({ repoType }), 'tree', 'main'))).toEqual([
      `${HUB}/api/models/org/name/tree/main`,
      `${HUB}/api/datasets/org/name/tree/main`,
      `${HUB}/api/spaces/org/name/tree/main`,
    ]);
    expect(types.map((repoType) => pageUrl(HUB, source({ repoType })))).toEqual([
      `${HUB}/org/name`,
      `${HUB}/datasets/org/name`,
      `${HUB}/spaces/org/name`,
    ]);
  });

  it('take old models without an organisation', () => {
    expect(pageUrl(HUB, source({ repo: 'gpt2' }))).toBe(`${HUB}/gpt2`);
  });

  it('encode the slashes of a revision, and not those of a path', () => {
    expect(fileUrl(HUB, source(), 'refs/pr/1', 'sub dir/50%?#ü.bin')).toBe(
      `${HUB}/org/name/resolve/refs%2Fpr%2F1/sub%20dir/50%25%3F%23%C3%BC.bin`,
    );
  });

  it.each(['', '..', 'org/..', '../name', 'a/b/c', 'org/name?x', 'org/na me', 'org/', '/name', 'org/%2e%2e'])(
    'refuse the repository name %j',
    (repo) => {
      expect(() => pageUrl(HUB, source({ repo }))).toThrow(invalid);
    },
  );

  it.each(['', '.', '..', '...'])('refuse the revision %j', (revision) => {
    expect(() => apiUrl(HUB, source(), 'tree', revision)).toThrow(invalid);
  });
});

describe('the endpoint', () => {
  it.each([
    ['is huggingface.co', {}, {}, HUB],
    ['or what HF_ENDPOINT says', { HF_ENDPOINT: 'http://mirror.test:81/hf//' }, {}, 'http://mirror.test:81/hf'],
    ['or what the spec says', { HF_ENDPOINT: 'http://a.test' }, { endpoint: 'https://b.test/' }, 'https://b.test'],
  ])('%s', (_, environment, part, expected) => {
    expect(endpointOf(source(part), environment)).toBe(expected);
  });

  it.each(['mirror.test', 'ftp://mirror.test', 'https://ann:secret@mirror.test', 'https://'])('is not %s', (endpoint) => {
    expect(() => endpointOf(source({ endpoint }), {})).toThrow(invalid);
    expect(() => endpointOf(source(), { HF_ENDPOINT: endpoint })).toThrow(invalid);
  });
});
