// npy and npz as inspect reads them, beside what numpy itself says of the same arrays: element types of
// all kinds, orders, shapes. Damaged files are refused in plain words.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npy } from '../scan/npy-file.ts';
import { zip } from '../scan/zips.ts';
import { inspectBytes } from './counted-parts.ts';

const WRITE = `
import json, random, sys
import numpy as np
folder = sys.argv[1]
random.seed(20261120)
plain = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'f16', 'c8', 'c16', 'c32', '?']
types = [order + kind for kind in plain for order in '<>'] + ['S7', 'U5', '>U5', 'S0', 'U0', 'V9', 'M8[ns]', '>m8[25us]', 'M8',
  [('a', '<f4'), ('b', '>i8', (2, 3))], [('x', [('y', 'U2'), ('z', '?')])], [(('title', 'name'), 'f8')]]
shapes = [(), (0,), (7,), (3, 4), (2, 0, 3), (1,) * 32, (5, 1, 2)]
rows = {}
for i in range(150):
    type = np.dtype(types[i] if i < len(types) else random.choice(types))
    array = np.zeros(random.choice(shapes), type, order=random.choice('CF'))
    version = random.choice([(1, 0), (2, 0), (3, 0)])
    with open(f'{folder}/{i}.npy', 'wb') as file: np.lib.format.write_array(file, array, version)
    rows[f'{i}.npy'] = {'dtype': array.dtype.str, 'shape': array.shape, 'bytes': array.nbytes, 'parameters': array.size,
      'order': 'C' if array.flags.c_contiguous else 'F'}
json.dump(rows, open(f'{folder}/rows.json', 'w'))
names = ['weight', 'layer/0/bias', 'é', 'x.y', 'arr.npy']
for save in (np.savez, np.savez_compressed):
    arrays = {name: np.random.rand(*random.choice(shapes[2:4])).astype(random.choice(['f4', '>f8', 'i2'])) for name in names}
    arrays['objects'] = np.array([{}, None])
    save(f'{folder}/{save.__name__}.npz', **arrays)
    rows = [{'name': name, 'dtype': array.dtype.str, 'shape': array.shape} for name, array in arrays.items()]
    json.dump(rows, open(f'{folder}/{save.__name__}.json', 'w'))
`;

interface Row {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly parameters: number;
  readonly order: 'C' | 'F';
}

/** Little-endian numbers have the names that all formats share; the others numpy's own. */
const SHARED: Readonly<Record<string, string>> = {
  '<f2': 'F16', '<f4': 'F32', '<f8': 'F64', '|i1': 'I8', '<i2': 'I16', '<i4': 'I32', '<i8': 'I64', '|b1': 'BOOL',
  '|u1': 'U8', '<u2': 'U16', '<u4': 'U32', '<u8': 'U64', '<c8': 'C64', '<c16': 'C128',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-numpy-'));
  const { status, stderr } = spawnSync('python3', ['-W', 'ignore', '-c', WRITE, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const rows = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('npy', () => {
  it('is what numpy says it is, of every type, order and shape', async () => {
    for (const [name, row] of Object.entries(rows('rows.json') as Record<string, Row>)) {
      const { file } = await inspectBytes(readFileSync(join(folder, name)), name);
      const { dtype, parameters, ...rest } = row;
      const tensor = { name: '0', dtype: SHARED[dtype] ?? dtype, offset: 0, ...rest };
      expect(file, JSON.stringify(row)).toMatchObject({ format: 'npy', parameters, bytes: row.bytes, trailing: 0, tensors: [tensor] });
    }
  });

  it('costs one read of its beginning, whatever its size', async () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (25000000,), }";
    const { file, requests, bytes } = await inspectBytes(npy(header, new Uint8Array(100_000_000)));
    expect(file).toMatchObject({ parameters: 25e6, bytes: 1e8 });
    expect({ requests, bytes }).toEqual({ requests: 1, bytes: 64 * 1024 });
  });

  it('of objects is told by its type, and what follows the array is counted', async () => {
    const objects = npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(30));
    expect((await inspectBytes(objects)).file).toMatchObject({ tensors: [{ dtype: '|O', shape: [2], bytes: 30 }] });
    const longer = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(30));
    expect((await inspectBytes(longer)).file).toMatchObject({ bytes: 2, trailing: 28 });
  });

  it.each([
    ['that ends early', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }", new Uint8Array(30)), /Ends before all elements/],
    ['without a shape', npy("{'descr': '<f4', 'fortran_order': False, }", new Uint8Array(30)), /not the dictionary/],
    ['that ends in its header', Buffer.from('\x93NUMPY\x01\x00\x76\x00{', 'latin1'), /Ends within the header/],
    ['of an unknown type', npy("{'descr': '<q4', 'fortran_order': False, 'shape': (9,), }", new Uint8Array(36)), /type that numpy does not write/],
    ['of more elements than there can be', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1 << 60,), }".replace('1 << 60', '9' .repeat(18)),
      new Uint8Array(36)), /Ends before all elements/],
    ['of endless nothing', npy("{'descr': '|S0', 'fortran_order': False, 'shape': (N, N), }".replaceAll('N', '9'.repeat(17)), new Uint8Array(0)),
      /more elements or bytes than there can be/],
  ])('%s is refused', async (_, data, message) => {
    await expect(inspectBytes(data)).rejects.toThrow(message);
  });
});

describe('npz', () => {
  it.each(['savez', 'savez_compressed'])('of numpy.%s is its arrays, by their names', async (save) => {
    const { file } = await inspectBytes(readFileSync(join(folder, `${save}.npz`)));
    const found = file.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const wanted = (rows(`${save}.json`) as Pick<Row, 'dtype' | 'shape'>[]).map((row) => ({ ...row, dtype: SHARED[row.dtype] ?? row.dtype }));
    expect(found).toEqual(wanted);
    expect(file.format).toBe('npz');
    // A pickle of a dictionary and None.
    expect(file.tensors.at(-1)?.bytes).toBeGreaterThan(100);
  });

  it('costs its directory and one read for each array', async () => {
    const array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 1000), }", new Uint8Array(4e6));
    const names = Array.from({ length: 20 }, (_, i) => `layer${i}.npy`);
    const { file, requests, bytes } = await inspectBytes(zip(names.map((name) => ({ name, data: array }))));
    expect(file).toMatchObject({ parameters: 20e6, bytes: 80e6 });
    expect(requests).toBeLessThan(25);
    expect(bytes).toBeLessThan(400_000);
  });

  it.each([
    ['with an array that is cut short', [{ name: 'a.npy', data: npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }", new Uint8Array(30)) }],
      /Ends before all elements/],
    ['with a member that is no array', [{ name: 'a.npy', data: new Uint8Array(300) }], /named like an array and is none/],
    ['with an array compressed in an unknown way', [{ name: 'a.npy', data: new Uint8Array(300), method: 97 }], /cannot decode/],
  ])('%s is refused', async (_, members, message) => {
    await expect(inspectBytes(zip(members))).rejects.toThrow(message);
  });

  it('without arrays is not read, and neither is another zip', async () => {
    const data = zip([{ name: 'a.txt', data: Buffer.from('hello') }]);
    await expect(inspectBytes(data)).rejects.toMatchObject({ code: 'NO_FILES_MATCH', found: 'a zip archive without arrays' });
  });
});
