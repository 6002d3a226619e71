import { describe, expect, it } from 'vitest';
import { sourceFor } from '../../src/sources/registry.ts';

describe('the registry', () => {
  it('finds the source that a spec names', () => {
    expect(sourceFor({ url: { urls: [] } }).kind).toBe('url');
    const huggingface = { repo: 'org/name', revision: 'main', repoType: 'model' } as const;
    expect(sourceFor({ huggingface }).kind).toBe('huggingface');
  });

  it('says which sources there are where a spec names none of them', () => {
    const wanted: unknown = expect.stringMatching(/\bhuggingface or .*\boci or .*\burl$/);
    const unknown = expect.objectContaining({ code: 'SPEC_INVALID', wanted }) as Error;
    expect(() => sourceFor({})).toThrow(unknown);
  });
});
