// HDF5 files that h5py writes, in all of its layouts: what is honest is clean, and the same with a Lambda in
// its configuration, or with a part in another file, is malicious.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';

const WRITE = `
import json, os, sys
import h5py, numpy as np
folder = sys.argv[1]
path = lambda name: os.path.join(folder, name + '.h5')
def config(evil, size):
    layers = [{'class_name': 'Dense', 'config': {'name': 'd', 'pad': 'x' * size}}]
    hidden = {'class_name': 'Lambda', 'config': {'name': 'payload', 'function': ['4wEA', None, None]}}
    if evil: layers.append({'class_name': 'Bidirectional', 'config': {'name': 'b', 'layer': hidden}})
    return json.dumps({'class_name': 'Sequential', 'config': {'name': 's', 'layers': layers}})
def model(name, text, layers=40, **options):
    with h5py.File(path(name), 'w', **options) as file:
        file.attrs['keras_version'] = '2.12.0'
        file.attrs['training_config'] = json.dumps({'loss': 'mse', 'optimizer_config': {'class_name': 'Custom>Adam', 'config': {}}})
        file.attrs['model_config'] = text
        weights = file.create_group('model_weights')
        weights.attrs['layer_names'] = [b'd%d' % i for i in range(layers)]
        for i in range(layers):
            group = weights.create_group('d%d' % i)
            group.attrs['weight_names'] = [b'd/kernel:0']
            group.create_dataset('d/kernel:0', data=np.zeros((4, 4), 'f4'))
        file.create_dataset('chunked', data=np.arange(5000), chunks=(100,), compression='gzip', shuffle=True)
layouts = {'early': {}, 'latest': {'libver': 'latest'}, 'v108': {'libver': ('v108', 'v108')}, 'track': {'track_order': True},
  'block': {'userblock_size': 512}, 'longblock': {'userblock_size': 4096}, 'tracklatest': {'track_order': True, 'libver': 'latest'}}
for evil, part in ((False, 'good'), (True, 'evil')):
    for layout, options in layouts.items():
        for size in (10, 3000, 70000, 300000):
            model(f'{part}-{layout}-{size}', config(evil, size), **options)
            # A text of fixed length lies in the object's header: up to 64 KiB, but for dense storage.
            if size < 60000 or 'latest' in layout: model(f'{part}-{layout}-fixed-{size}', np.bytes_(config(evil, size).encode()), **options)
    for count in (9, 50, 800):
        for size in (10, 5000, 100000):
            for fixed in (False, True):
                with h5py.File(path(f'{part}-dense-{count}-{size}-{fixed}'), 'w', libver='latest') as file:
                    text = config(evil, size)
                    for i in range(count):
                        file.attrs['a%d' % i] = 'x' * (i % 50)
                        file.create_group('g%d' % i)
                    file.attrs['model_config'] = np.bytes_(text.encode()) if fixed else text
model('good-many', config(False, 10), layers=800)
model('good-many-latest', config(False, 10), layers=800, libver='latest')
for libver in ('earliest', 'latest'):
    with h5py.File(path('good-links-' + libver), 'w', libver=libver) as file:
        file['a'] = np.zeros(3)
        file['soft'] = h5py.SoftLink('/a')
        file['hard'] = file['a']
        file.create_group('loop')['up'] = file['/']
    with h5py.File(path('good-empty-' + libver), 'w', libver=libver): pass
    with h5py.File(path('evil-link-' + libver), 'w', libver=libver) as file:
        file['x'] = h5py.ExternalLink('/etc/passwd', '/a')
    with h5py.File(path('evil-many-links-' + libver), 'w', libver=libver) as file:
        for i in range(100): file.create_group('g%d' % i)
        file['g5/x'] = h5py.ExternalLink('../other.h5', '/a')
    with h5py.File(path('evil-data-' + libver), 'w', libver=libver) as file:
        file.create_dataset('x', (10,), 'u1', external=[('/etc/passwd', 0, 10)])
with h5py.File(path('evil-virtual'), 'w', libver='latest') as file:
    layout = h5py.VirtualLayout((4,), 'f4')
    layout[:] = h5py.VirtualSource('/etc/x.h5', 'd', shape=(4,))
    file.create_virtual_dataset('v', layout)
# transformers' tf_model.h5 and Keras 3's model.weights.h5: no configuration at all.
with h5py.File(path('good-tf_model'), 'w') as file:
    file.attrs['layer_names'] = ['bert']
    group = file.create_group('bert')
    group.attrs['weight_names'] = ['tf_bert/bert/kernel:0']
    group['tf_bert/bert/kernel:0'] = np.zeros((3, 3), 'f4')
with h5py.File(path('good-model.weights'), 'w') as file:
    for i in range(30): file['layers/dense_%d/vars/0' % i] = np.zeros(3)
    file['layers'].attrs['name'] = 'layers'
`;

const ROUNDS = Number(process.env['NIX_AI_MODELS_SOAK'] ?? 3000);

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const folder = mkdtempSync(join(tmpdir(), 'scan-hdf5-'));
const python = ['python3', '/usr/bin/python3'].find((program) => spawnSync(program, ['-c', 'import h5py']).status === 0);

describe.skipIf(python === undefined)('files that h5py writes (skipped without python3-h5py)', () => {
  beforeAll(() => {
    const { status, stderr } = spawnSync(python ?? '', ['-c', WRITE, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }, 120_000);

  const scan = (part: string): [name: string, verdict: string][] => {
    const scanner = new FileScanner();
    const names = readdirSync(folder).filter((name) => name.startsWith(part));
    expect(names.length).toBeGreaterThan(60);
    return names.map((name) => {
      const { verdict, format, findings } = scanner.scanFile(join(folder, name));
      return [name, `${format} ${verdict} ${findings.map(({ explanation }) => explanation).join(' ')}`];
    });
  };

  it('are clean', () => {
    expect(scan('good').filter(([, found]) => found !== 'hdf5 clean ')).toEqual([]);
  });

  it('are malicious with a Lambda, which is named, or with a part elsewhere', () => {
    const wanted = /^hdf5 malicious .*(`payload` is a Lambda|another file|other files)/;
    expect(scan('evil').filter(([, found]) => !wanted.test(found))).toEqual([]);
  });

  it('are answered when they are damaged, in bounded time and memory', () => {
    const scanner = new FileScanner();
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    const seeds = files.filter(({ length }) => length < 60_000);
    expect(seeds.length).toBeGreaterThan(20);
    const random = generator(1120);
    for (let round = 0; round < ROUNDS; round++) {
      const data = Buffer.from(seeds[round % seeds.length] ?? Buffer.alloc(0));
      for (let i = random(12); i >= 0; i--) {
        // Metadata lies together, most of it at the beginning.
        const at = random(random(2) === 0 ? Math.min(data.length, 3000) : data.length);
        data[at] = [random(256), 0, 255, (data[at] ?? 0) ^ (1 << random(8))][random(4)] ?? 0;
      }
      const start = Date.now();
      scanner.scanBytes(data, 'model.h5');
      if (Date.now() - start > 5000) throw new Error(`Takes ${Date.now() - start} ms: ${data.toString('base64')}`);
    }
    expect(scanner.memoryBytes).toBeLessThan(80 * 1024 * 1024);
  }, 600_000);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
