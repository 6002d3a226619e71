import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../src/hub/route.ts';

const routeOf = (target: string): unknown => parseTarget(target)?.route;

describe('a request target', () => {
  it.each([
    ['/', { name: 'home' }],
    ['/health', { name: 'health' }],
    ['/api/whoami-v2', { name: 'whoami' }],
    ['/api/models?limit=5', { name: 'list', kind: 'models' }],
    ['/api/models/o/n', { name: 'info', kind: 'models', id: 'o/n', revision: 'HEAD' }],
    ['/api/models/gpt2', { name: 'info', kind: 'models', id: 'gpt2', revision: 'HEAD' }],
    ['/api/datasets/o/n/revision/v1', { name: 'info', kind: 'datasets', id: 'o/n', revision: 'v1' }],
    ['/api/models/gpt2/revision/main', { name: 'info', kind: 'models', id: 'gpt2', revision: 'main' }],
    ['/api/models/o/n/revision/refs%2Fpr%2F1', { name: 'info', kind: 'models', id: 'o/n', revision: 'refs/pr/1' }],
    ['/api/spaces/o/n/refs', { name: 'refs', kind: 'spaces', id: 'o/n' }],
    ['/api/models/o/n/tree/main', { name: 'tree', kind: 'models', id: 'o/n', revision: 'main', path: '' }],
    ['/api/models/o/n/tree/main/a/b%20c/', { name: 'tree', kind: 'models', id: 'o/n', revision: 'main', path: 'a/b c' }],
    ['/api/models/o/tree/tree/main', { name: 'tree', kind: 'models', id: 'o/tree', revision: 'main', path: '' }],
    ['/api/models/o/n/paths-info/main', { name: 'paths-info', kind: 'models', id: 'o/n', revision: 'main' }],
    ['/o/n/resolve/main/a/b', { name: 'file', kind: 'models', id: 'o/n', revision: 'main', path: 'a/b', raw: false }],
    ['/gpt2/resolve/main/a', { name: 'file', kind: 'models', id: 'gpt2', revision: 'main', path: 'a', raw: false }],
    ['/datasets/o/n/raw/v%2F1/a', { name: 'file', kind: 'datasets', id: 'o/n', revision: 'v/1', path: 'a', raw: true }],
    ['/spaces/o/n/resolve/main/a?download=true', { name: 'file', kind: 'spaces', id: 'o/n', revision: 'main', path: 'a', raw: false }],
  ])('%s is understood', (target, route) => {
    expect(routeOf(target)).toEqual(route);
  });

  it.each(['/api', '/api/', '/api/cats', '/api/models/o/n/commits/main', '/api/models/o/n/tree', '/o/n', '/o/n/resolve/main', '/a/b/c/resolve/main/x', '/health/x'])(
    '%s asks nothing that there is',
    (target) => {
      expect(parseTarget(target)).toBeDefined();
      expect(routeOf(target)).toBeUndefined();
    },
  );

  it.each(['', '*', 'o/n/resolve/main/a', 'http://host/o/n/resolve/main/a', '/%', '/o/n/resolve/main/%ff', '/o/n/resolve/main/a%00b', '/o/n/resolve/main/a%0d%0ab'])(
    '%j is malformed',
    (target) => {
      expect(parseTarget(target)).toBeUndefined();
    },
  );

  it('keeps its query apart', () => {
    expect(parseTarget('/api/models/o/n/tree/main?recursive=true&cursor=a%3D')?.query.get('cursor')).toBe('a=');
  });
});
