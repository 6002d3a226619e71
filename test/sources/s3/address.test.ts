import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/base/errors.ts';
import type { S3Source } from '../../../src/base/spec.ts';
import { bucketUrl, checkRegion, objectUrl, regionOf } from '../../../src/sources/s3/address.ts';

const sourceOf = (part: Partial<S3Source> = {}): S3Source => ({ bucket: 'my-models', prefix: '', ...part });
const at = (part: Partial<S3Source>, environment = {}): string => bucketUrl(sourceOf(part), 'eu-west-1', environment);

describe('the address of a bucket', () => {
  it.each([
    [{}, 'https://my-models.s3.eu-west-1.amazonaws.com'],
    [{ pathStyle: true }, 'https://s3.eu-west-1.amazonaws.com/my-models'],
    // No certificate covers a name with one more dot.
    [{ bucket: 'my.models' }, 'https://s3.eu-west-1.amazonaws.com/my.models'],
    [{ endpoint: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000/my-models'],
    [{ endpoint: 'https://s3.hf.co/org' }, 'https://s3.hf.co/org/my-models'],
    [{ endpoint: 'https://s3.example:1', pathStyle: false }, 'https://my-models.s3.example:1'],
    [{ endpoint: 'http://127.0.0.1:9000', bucket: 'My_Models' }, 'http://127.0.0.1:9000/My_Models'],
  ])('of %j is %s', (part, url) => {
    expect(at(part)).toBe(url);
  });

  it('is in another domain in China', () => {
    expect(bucketUrl(sourceOf(), 'cn-north-1', {})).toBe('https://my-models.s3.cn-north-1.amazonaws.com.cn');
  });

  it('is where the environment of the AWS tools says, but for a spec that says otherwise', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://a.test', AWS_ENDPOINT_URL_S3: 'http://b.test' };
    expect(at({}, environment)).toBe('http://b.test/my-models');
    expect(at({ endpoint: 'http://c.test' }, environment)).toBe('http://c.test/my-models');
  });

  it.each(['My_Models', 'a', 'a..b', '-ab', 'a/b', 'arn:aws:s3:::a', 'a'.repeat(64)])('is not made of "%s"', (bucket) => {
    expect(() => at({ bucket })).toThrow(ModelError);
  });

  it.each(['', 'ftp://a.test', 'http://user:secret@a.test', 's3.test'])('is not made of the endpoint "%s"', (endpoint) => {
    expect(() => at({ endpoint })).toThrow(ModelError);
  });
});

describe('a region', () => {
  it('is the spec’s, else the environment’s', () => {
    const environment = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
    expect(regionOf(sourceOf({ region: 'eu-west-3' }), environment)).toBe('eu-west-3');
    expect(regionOf(sourceOf(), environment)).toBe('eu-west-1');
    expect(regionOf(sourceOf(), {})).toBeUndefined();
  });

  it.each(['', 'a.b', 'a/b', 'a@b', 'EU'])('is not "%s": it becomes part of a host name', (region) => {
    expect(() => {
      checkRegion(region);
    }).toThrow(ModelError);
  });
});

describe('the address of an object', () => {
  it('encodes all that a signature encodes', () => {
    const url = objectUrl('https://b.test', "a b/ü+*'()!~", { versionId: 'x/y+z' });
    expect(url).toBe('https://b.test/a%20b/%C3%BC%2B%2A%27%28%29%21~?versionId=x%2Fy%2Bz');
  });
});
