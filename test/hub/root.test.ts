import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { parseRoot, repositoriesOf } from '../../src/hub/root.ts';
import { makeDirectory } from './local-hub.ts';

describe('a root given as a mapping', () => {
  it.each([
    ['org/name', { kind: 'models', id: 'org/name', revision: 'main' }],
    ['gpt2', { kind: 'models', id: 'gpt2', revision: 'main' }],
    ['models/org/name', { kind: 'models', id: 'org/name', revision: 'main' }],
    ['datasets/org/name', { kind: 'datasets', id: 'org/name', revision: 'main' }],
    ['spaces/org/na-me_1.5@v1.0', { kind: 'spaces', id: 'org/na-me_1.5', revision: 'v1.0' }],
    ['org/name@refs/pr/1', { kind: 'models', id: 'org/name', revision: 'refs/pr/1' }],
  ])('%s=DIR names the repository', (name, mapping) => {
    const directory = makeDirectory({ 'config.json': '{}' });
    expect(parseRoot(`${name}=${directory}`)).toEqual({ ...mapping, directory });
  });
});

describe('a root given as a directory', () => {
  it('with a file in it is one model, named after the directory', () => {
    const directory = join(makeDirectory({ 'tiny llama/config.json': '{}', 'tiny llama/onnx/q4/model.onnx': '' }), 'tiny llama');
    expect(parseRoot(directory)).toEqual({ kind: 'models', id: 'local/tiny-llama', revision: 'main', directory });
  });

  it('in a store is named without its hash', () => {
    const name = 'r8vvq9kq18pz08v249h8my6r9vs7s0n3-tiny';
    const directory = join(makeDirectory({ [`${name}/config.json`]: '{}' }), name);
    expect(parseRoot(directory)).toMatchObject({ id: 'local/tiny' });
  });

  it('of nothing but folders of folders is a tree of all its repositories', () => {
    const tree = makeDirectory({
      'org/one/config.json': '', 'org/two/a/b/c': '', 'other/three/x': '',
      'datasets/org/rows/data.csv': '', 'spaces/org/app/app.py': '', '.cache/x/y': '',
    });
    const root = parseRoot(tree);
    expect(root).toEqual({ tree });
    const found = repositoriesOf({ tree }).map(({ kind, id }) => `${kind} ${id}`);
    expect(found.sort()).toEqual(
      ['datasets org/rows', 'models org/one', 'models org/two', 'models other/three', 'spaces org/app'],
    );
  });

  it('of plain folders is one model', () => {
    const directory = makeDirectory({ 'unet/model.bin': '', 'vae/model.bin': '' });
    expect(parseRoot(directory)).toMatchObject({ kind: 'models', directory });
  });

  it('that is empty or missing is refused with a remedy', () => {
    const directory = makeDirectory();
    mkdirSync(join(directory, 'empty'));
    for (const word of [join(directory, 'empty'), join(directory, 'none'), `org/name=${directory}/none`]) {
      const error = thrownBy(() => parseRoot(word));
      expect(error).toBeInstanceOf(ModelError);
      expect(error).toMatchObject({ code: 'IO', remedies: [expect.stringMatching(/./)] });
    }
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
