// Files written by Python and numpy themselves, in every protocol: what is honest is clean, and the same
// with one object that calls os.system is malicious.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';

const WRITE = `
import collections, datetime, decimal, fractions, os, pickle, sys, zlib, gzip
folder = sys.argv[1]
class Evil:
    def __reduce__(self): return os.system, ('true',)
honest = {
  'dict': {'a': 1, 'b': [1.5, None, True, 2 ** 70, -3, 'text', b'bytes', (1, 2), {3}, frozenset([4])]},
  'ordered': collections.OrderedDict((str(i), i) for i in range(3000)),
  'counter': collections.Counter('hello'),
  'default': collections.defaultdict(list, {'a': [1]}),
  'deque': collections.deque([1, 2, 3]),
  'dates': [datetime.datetime(2026, 1, 2), datetime.date(2026, 1, 2), datetime.timedelta(3), datetime.timezone.utc],
  'decimal': decimal.Decimal('1.5'),
  'bytearray': bytearray(b'abc'), 'complex': 1 + 2j, 'range': range(9), 'slice': slice(1, 2),
  'shared': [x := ['same'], x, x], 'long': ['x' * 100000, b'y' * 100000],
}
def write(name, value):
    for protocol in range(6):
        for part, data in (('good', value), ('evil', [value, Evil()])):
            data = pickle.dumps(data, protocol)
            open(f'{folder}/{part}-{name}-{protocol}.pkl', 'wb').write(data)
for name, value in honest.items(): write(name, value)
try:
    import numpy as np
except ImportError:
    sys.exit()
arrays = {'floats': np.arange(10.0), 'structured': np.zeros(3, [('a', 'f4'), ('b', 'i8', (2,))]), 'text': np.array(['a', 'bc']),
  'dates': np.array(['2026-01-01'], 'M8[D]'), 'fortran': np.asfortranarray(np.ones((3, 4))), 'scalar': np.float32(1.5), 'empty': np.zeros((0, 3)),
  'generator': np.random.default_rng(1), 'state': np.random.RandomState(1), 'objects': np.array([1, 'a', None], object)}
for name, value in arrays.items():
    write('np-' + name, value)
    if isinstance(value, np.ndarray): np.save(f'{folder}/good-{name}.npy', value, allow_pickle=True)
np.savez(f'{folder}/good-plain.npz', **{k: v for k, v in arrays.items() if isinstance(v, np.ndarray) and k != 'objects'})
np.savez_compressed(f'{folder}/good-packed.npz', a=np.arange(5000))
np.save(f'{folder}/evil-objects.npy', np.array([Evil()], object), allow_pickle=True)
`;

const folder = mkdtempSync(join(tmpdir(), 'scan-libraries-'));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('files that Python writes (skipped without python3)', () => {
  beforeAll(() => {
    const { status, stderr } = spawnSync('python3', ['-c', WRITE, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  });

  const verdicts = (part: string): Record<string, string> => {
    const scanner = new FileScanner();
    const names = readdirSync(folder).filter((name) => name.startsWith(part));
    expect(names.length).toBeGreaterThan(60);
    return Object.fromEntries(names.map((name) => {
      const { verdict, findings } = scanner.scanFile(join(folder, name));
      return [name, `${verdict}${findings.filter(({ severity }) => severity !== 'note').map(({ explanation }) => ` ${explanation}`).join()}`];
    }));
  };

  it('are clean', () => {
    expect(Object.entries(verdicts('good')).filter(([, found]) => found !== 'clean')).toEqual([]);
  });

  it('are malicious with a call inside', () => {
    expect(Object.entries(verdicts('evil')).filter(([, found]) => !found.startsWith('malicious'))).toEqual([]);
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
