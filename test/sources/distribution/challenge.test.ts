import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/sources/distribution/challenge.ts';

describe('WWW-Authenticate', () => {
  it('has a realm, a service and a scope, as Docker Hub sends them', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:ai/x:pull"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:ai/x:pull',
        },
      },
    ]);
  });

  it.each([
    ['Basic realm="a, b = c", charset=UTF-8', [['basic', { realm: 'a, b = c', charset: 'UTF-8' }]]],
    ['BASIC Realm=x, Bearer realm="y"', [['basic', { realm: 'x' }], ['bearer', { realm: 'y' }]]],
    ['Bearer realm="say \\"hi\\""', [['bearer', { realm: 'say "hi"' }]]],
    ['Negotiate, Basic realm="x"', [['negotiate', {}], ['basic', { realm: 'x' }]]],
    ['Bearer realm = "spaced"', [['bearer', { realm: 'spaced' }]]],
    ['realm="of nothing"', []],
    ['', []],
    ['"""===,,,', []],
  ])('is read as it is meant: %s', (header, expected) => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, parameters]);
    expect(found).toEqual(expected);
  });

  it('is cut where it is longer than any challenge', () => {
    expect(parseChallenges(`${'@'.repeat(100_000)} Basic realm="x"`)).toEqual([]);
  });
});
