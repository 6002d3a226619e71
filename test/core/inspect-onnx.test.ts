// ONNX models as inspect reads them: what goes in comes out, however its fields are ordered, and the
// numbers of its tensors are never read.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pythonWith, runPython } from '../python.ts';
import { int, message, onnx, operatorSet, type Part, text, varint } from '../scan/protobuf-file.ts';
import { inspectBytes } from './counted-parts.ts';

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly data?: Part;
  readonly isPacked?: boolean;
}

function initializer({ name, shape, type, data, isPacked = false }: Tensor): Buffer {
  const packed = [text(1, Buffer.concat(shape.map(varint)))];
  const dims = isPacked ? packed : shape.map((length) => int(1, length));
  return message(5, ...dims, int(2, type), text(8, name), ...(data === undefined ? [] : [text(9, data)]));
}

/** An input (11) or output (12). */
function value(field: number, name: string, type: number, shape: readonly (number | string)[]): Buffer {
  const dims = shape.map((length) => message(1, typeof length === 'number' ? int(1, length) : text(2, length)));
  return message(field, text(1, name), message(2, message(1, int(1, type), message(2, ...dims))));
}

const WEIGHT = { name: 'w', shape: [2, 3], type: 1, data: Buffer.alloc(24) };
const node = (operator: string, domain = '', ...more: Part[]): Buffer =>
  message(1, text(1, 'x'), text(4, operator), ...more, text(7, domain));

/** Models by ONNX's own library, where Debian's is installed, with what they hold. */
const WRITE = `
import json, random, sys
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
folder = sys.argv[1]
random.seed(20261120)
types = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', '?', 'c8', 'c16']
shapes = [(), (7,), (3, 4), (2, 0, 3), (1, 2, 3, 4)]
for i in range(20):
    arrays = {f'w{j}': np.zeros(random.choice(shapes), random.choice(types)) for j in range(random.randrange(12))}
    lists = [helper.make_tensor('l', TensorProto.FLOAT, [3], [1.0, 2.0, 3.0]), helper.make_tensor('s', TensorProto.STRING, [2], [b'ab', b'c'])]
    nodes = [helper.make_node(random.choice(['Relu', 'Abs', 'Neg']), [f'x{j}'], [f'x{j + 1}']) for j in range(random.randrange(30))]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (('in', ['n', 3]), ('out', [4]))]
    tensors = [numpy_helper.from_array(array, name) for name, array in arrays.items()] + lists
    graph = helper.make_graph(nodes, 'main', values[:1], values[1:], tensors, doc_string='d' * random.randrange(300))
    model = helper.make_model(graph, producer_name='numpy', opset_imports=[helper.make_opsetid('', 15)])
    helper.set_model_props(model, {'key': 'value'})
    onnx.save(model, f'{folder}/{i}.onnx')
    json.dump({'ir': model.ir_version, 'operators': {op: sum(n.op_type == op for n in nodes) for op in {n.op_type for n in nodes}},
      'tensors': [{'name': name, 'shape': array.shape, 'bytes': array.nbytes} for name, array in arrays.items()]
        + [{'name': 'l', 'shape': [3], 'bytes': 12}, {'name': 's', 'shape': [2], 'bytes': 3}]}, open(f'{folder}/{i}.json', 'w'))
`;

interface Written {
  readonly ir: number;
  readonly operators: object;
  readonly tensors: object[];
}

const python = pythonWith('onnx');

describe.runIf(python !== undefined)('a model that the library onnx has written', () => {
  it('holds what the library put into it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspect-onnx-'));
    onTestFinished(() => { rmSync(folder, { recursive: true }); });
    runPython(python ?? '', WRITE, folder);
    for (let i = 0; i < 20; i++) {
      const { ir, operators, tensors } = JSON.parse(readFileSync(join(folder, `${i}.json`), 'utf8')) as Written;
      const { file } = await inspectBytes(readFileSync(join(folder, `${i}.onnx`)));
      expect(file).toMatchObject({
        format: 'onnx', version: ir,
        metadata: {
          producer_name: 'numpy', opset_import: { 'ai.onnx': 15 }, operators, metadata_props: { key: 'value' },
          input: [{ name: 'in', dtype: 'F32', shape: ['n', 3] }], output: [{ name: 'out', dtype: 'F32', shape: [4] }],
        },
      });
      expect(file.tensors.map(({ name, shape, bytes }) => ({ name, shape, bytes }))).toEqual(tensors);
    }
  });
});

describe('an ONNX model', () => {
  it('is what it says of itself, its operators and its tensors', async () => {
    const branch = message(6, node('Relu'), initializer({ ...WEIGHT, name: 'inner' }), value(11, 'not mine', 1, []));
    const { file } = await inspectBytes(onnx(
      [
        node('Conv'), node('Conv', 'ai.onnx'), node('FusedMatMul', 'com.microsoft'), node('If', '', message(5, branch)),
        initializer(WEIGHT), initializer({ name: 'ids', shape: [3], type: 7, data: Buffer.alloc(24), isPacked: true }),
        initializer({ name: 'half', shape: [], type: 10, data: Buffer.alloc(2) }),
        initializer({ name: 'four bits', shape: [3], type: 22, data: Buffer.alloc(2) }),
        value(11, 'x', 1, ['batch', 3, 224, 224]), value(12, 'y', 16, []),
      ],
      operatorSet('com.microsoft', 1), int(5, 3), message(14, text(1, 'names'), text(2, '{"0": "cat"}')),
    ));
    expect(file).toMatchObject({
      format: 'onnx', version: 8, parameters: 6 + 6 + 3 + 1 + 3, bytes: 24 + 24 + 24 + 2 + 2, trailing: 0,
    });
    expect(file.metadata).toEqual({
      ir_version: 8, model_version: 3, producer_name: 'pytorch', producer_version: '2.5.0',
      opset_import: { 'ai.onnx': 18, 'com.microsoft': 1 },
      input: [{ name: 'x', dtype: 'F32', shape: ['batch', 3, 224, 224] }, { name: 'x' }],
      output: [{ name: 'y', dtype: 'BF16', shape: [] }, { name: 'y' }],
      operators: { Conv: 2, 'com.microsoft::FusedMatMul': 1, Relu: 1, If: 1 },
      metadata_props: { names: '{"0": "cat"}' },
    });
    expect(file.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
      { name: 'inner', dtype: 'F32', shape: [2, 3] }, { name: 'w', dtype: 'F32', shape: [2, 3] },
      { name: 'ids', dtype: 'I64', shape: [3] }, { name: 'half', dtype: 'F16', shape: [] },
      { name: 'four bits', dtype: 'I4', shape: [3] },
    ]);
  });

  it('says where data lies that is in another file', async () => {
    const pairs = [['location', 'weights.bin'], ['offset', '4096'], ['length', '24']].map(
      ([key = '', stated = '']) => message(13, text(1, key), text(2, stated)),
    );
    const { file } = await inspectBytes(onnx([message(5, int(1, 6), int(2, 1), text(8, 'w'), ...pairs, int(14, 1))]));
    expect(file.tensors).toEqual([
      { name: 'w', dtype: 'F32', shape: [6], offset: 4096, bytes: 24, storage: 'weights.bin' },
    ]);
  });

  it('of 100 MB costs one small read for each large tensor', async () => {
    const layers = Array.from({ length: 25 }, (_, i) => {
      return initializer({ name: `layer${i}`, shape: [1000, 1000], type: 1, data: new Uint8Array(4e6) });
    });
    const { file, requests, bytes } = await inspectBytes(onnx(layers));
    expect(file).toMatchObject({ parameters: 25e6, bytes: 1e8, tensors: { length: 25 } });
    expect(requests).toBeLessThan(30);
    expect(bytes).toBeLessThan(400_000);
  });

  it.each([
    ['that is cut short', onnx([initializer(WEIGHT)]).subarray(0, 40), /Ends or breaks before the model is complete/],
    ['with less data than a shape says', onnx([initializer({ ...WEIGHT, data: Buffer.alloc(20) })]), /longer or shorter/],
    ['with more elements than there can be', onnx([initializer({ ...WEIGHT, shape: [2 ** 40, 2 ** 40] })]), /than/],
  ])('%s is refused', async (_, data, message) => {
    await expect(inspectBytes(data)).rejects.toThrow(expect.objectContaining({
      code: expect.stringMatching(/^FORMAT_/) as string, message: expect.stringMatching(message) as string,
    }));
  });

  it.each([
    ['other messages', Buffer.concat([text(1, 'abc'), int(2, 3)])],
    ['a message without a graph', int(1, 8)],
    ['no message at all', Buffer.from([1, 2, 3, 4, 255, 255, 255, 255])],
  ])('%s are left to scan', async (_, data) => {
    await expect(inspectBytes(data)).rejects.toMatchObject({ code: 'NO_FILES_MATCH', found: 'unknown' });
  });
});
