// `parseSpec` plans a spec as the command line does, whatever form of it the expression gives.

import { describe, expect, it } from 'vitest';
import { ModelError, renderError } from '../../../src/base/errors.ts';
import { planModel } from '../../../src/core/plan.ts';
import { errorOf, evaluate } from './module.ts';
import { NixPath, nixOf, NixThunk, type NixValue } from './nix-values.ts';

const HASH = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const FILES = { 'config.json': HASH, 'sub/ä.bin': `sha256:${'ab'.repeat(32)}` };
const SPECS: readonly (readonly [string, unknown])[] = [
  ['a hash', { source: { huggingface: { repo: 'org/name', revision: 'v1' } }, hash: HASH }],
  ['a short source', { source: 'hf:org/name@main', hash: HASH, name: 'my-model', version: '1.0' }],
  ['files', { source: 'hf:org/name', files: { include: ['*.json'] }, lazy: true, hash: HASH }],
  ['a hash of each file', { source: 'hf:org/name@v1', fileHashes: FILES }],
  ['no pin', { source: 'hf:org/name' }],
];

describe('parseSpec in nix-wasm.wasm', () => {
  it.each(SPECS)('plans as the command line does: %s', (_, spec) => {
    expect(evaluate('parseSpec', nixOf(spec))).toEqual(planModel(spec, '/nix/store'));
  });

  it('plans for another store where `storeDir` names it', () => {
    const spec = { source: 'hf:org/name', hash: HASH };
    const found = evaluate('parseSpec', nixOf({ ...spec, storeDir: '/gnu/store' }));
    expect(found).toEqual(planModel(spec, '/gnu/store'));
  });

  it('reads a lock from the path that `lock` names', () => {
    const lock = Buffer.from('{"not": "a lock"}');
    const spec = { source: 'hf:org/name', lock: JSON.parse(lock.toString()) as unknown };
    const value = nixOf({ source: 'hf:org/name', lock: new NixPath('/m/models.lock.json') });
    expect(errorOf('parseSpec', value, { readFile: () => lock })).toBe(renderedFailure(spec));
    const text = errorOf('parseSpec', value, { readFile: () => Buffer.from('{') });
    expect(text).toContain('[LOCK_INVALID]');
    expect(text).toContain('on:     /m/models.lock.json');
  });

  it('evaluates no more than it needs: `meta` stays as it is', () => {
    const bomb = new NixThunk(() => {
      throw new Error('evaluated');
    });
    const spec = { source: 'hf:org/name', hash: HASH };
    expect(evaluate('parseSpec', nixOf({ ...spec, meta: bomb }))).toEqual(planModel(spec, '/nix/store'));
  });

  it('takes sets that stand for strings', () => {
    const text = 'hf:org/name';
    const plain = planModel({ source: text, hash: HASH }, '/nix/store');
    const withPath = nixOf({ source: { outPath: text, other: 1 }, hash: HASH });
    expect(evaluate('parseSpec', withPath)).toEqual(plain);
    const method = new Map<string, NixValue>([['__toString', () => text]]);
    expect(evaluate('parseSpec', nixOf({ source: method, hash: HASH }))).toEqual(plain);
  });

  it.each<readonly [string, unknown]>([
    ['an unknown attribute', { source: 'hf:o/n', colour: 'blue' }],
    ['a broken hash', { source: 'hf:o/n', hash: 'nonsense ä' }],
    ['a number', { source: 5, hash: HASH }],
    ['a float', { source: 0.25, hash: HASH }],
    ['nothing', {}],
  ])('refuses %s in the words of the command line', (_, spec) => {
    expect(errorOf('parseSpec', nixOf(spec))).toBe(renderedFailure(spec));
  });

  it('names the attribute that no spec may hold', () => {
    const path = nixOf({ source: { url: { url: new NixPath('/m') } } });
    expect(errorOf('parseSpec', path)).toContain('`source.url.url` is a path');
    const lambda = new Map<string, NixValue>([['source', () => null]]);
    expect(errorOf('parseSpec', lambda)).toContain('`source` is a function');
    expect(errorOf('parseSpec', 'text')).toContain('parseSpec takes an attribute set');
  });

  it('ends on sets without end: deep, cyclic, their own string', () => {
    const cyclic = new Map<string, NixValue>();
    cyclic.set('a', cyclic);
    expect(errorOf('parseSpec', cyclic)).toContain('`a.a.a.a...` is nested too deeply');
    const list: NixValue[] = [];
    list.push(list);
    expect(errorOf('parseSpec', new Map<string, NixValue>([['l', list]]))).toContain('`l` is nested too deeply');
    const own = new Map<string, NixValue>();
    own.set('outPath', own);
    expect(errorOf('parseSpec', own)).toContain('is nested too deeply');
  });

  it('ends on values that share themselves without end', () => {
    let shared: NixValue = 'x'.repeat(4_000_000);
    for (let level = 0; level < 40; level++) shared = [shared, shared];
    const spec = new Map<string, NixValue>([['s', shared]]);
    expect(errorOf('parseSpec', spec)).toContain('`s` is nested too deeply or too large');
  });
});

function renderedFailure(spec: unknown): string {
  try {
    planModel(spec, '/nix/store');
  } catch (error) {
    if (error instanceof ModelError) return renderError(error);
    throw error;
  }
  throw new Error('the command line accepts it');
}
