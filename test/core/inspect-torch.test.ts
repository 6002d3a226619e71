// PyTorch checkpoints as inspect reads them: the names, types and shapes that went in, in kilobytes of
// reads, and plain words about what cannot be read.

import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelFile, inspectModelFile } from '../../src/core/inspect.ts';
import { pythonWith, runPython } from '../python.ts';
import { checkpoint, zip } from '../scan/zips.ts';
import { writeCheckpoints } from './checkpoint-files.ts';
import { type CountedInspection, inspectBytes } from './counted-parts.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-torch-'));
  writeCheckpoints(folder, `
import os
def named(name, tensors, value, **options):
    save(name + '.pt', value, **options)
    rows = [{'name': path, 'shape': t.shape, 'kind': t.storage.kind.__name__} for path, t in tensors.items()]
    json.dump(rows, open(f'{folder}/{name}.json', 'w'))

state = {f'layers.{i}.weight': tensor(*random.choice([(3, 4), (7,), (), (2, 0, 3), (1, 2, 3, 4)])) for i in range(2500)}
named('ordered', state, collections.OrderedDict(state))
named('plain', state, state)
named('protocol-4', state, state, protocol=4)
named('packed', state, state, method=zipfile.ZIP_DEFLATED)
for protocol in (1, 3, 5): save(f'protocol-{protocol}.pt', state, protocol=protocol)

large = {f'model.layers.{i}.weight': tensor(3) for i in range(6000)}
moments = {i: {'step': i, 'exp_avg': tensor(3), 'exp_avg_sq': tensor(3)} for i in range(6000)}
named('large', {**{'net.' + name: t for name, t in large.items()},
    **{f'optimizer.state.{i}.{key}': t for i, state in moments.items() for key, t in state.items() if key != 'step'}},
  {'net': collections.OrderedDict(large), 'optimizer': {'state': moments}})

weight, bias, moment = tensor(4, 4), tensor(4), tensor(4, 4)
named('nested', {'model.weight': weight, 'model.bias': bias, 'optimizer.state.0.exp_avg': moment, 'optimizer.state.0.pair.1': moment,
    'optimizer.param_groups.0.params.0': moment, 'optimizer.param_groups.0.params.1': bias},
  {'epoch': 3, 'model': collections.OrderedDict(weight=weight, bias=bias), 'optimizer': {'state': {0: {'exp_avg': moment, 'step': 7,
    'pair': (1, moment)}}, 'param_groups': [{'lr': 0.1, 'params': [moment, bias]}]}, 'args': {'lr': 0.1}})

class Module: pass
Module.__module__, Module.__qualname__ = 'models', 'Module'
module('models', Module=Module)
net, layer = Module(), Module()
layer._parameters = collections.OrderedDict(weight=Parameter(weight))
net._modules = collections.OrderedDict(fc=layer)
save('module.pt', net)

shared = Storage(torch.HalfStorage, 100, 200)
save('shared.pt', {'wte': Tensor(shared, (10, 10)), 'lm_head': Tensor(shared, (10, 10)), 'row': Tensor(shared, (10,), 90)})
flat = Storage(sys.modules['torch.storage'].UntypedStorage, 64, 64)
save('typed.pt', {'a': Tensor(flat, (8, 8), dtype=torch.float8_e4m3fn), 'b': Tensor(flat, (16,), 16, dtype=torch.uint16)})
save('one.pt', tensor(3, kind='Float'))
save('list.pt', [tensor(3), [tensor(4)], 'x'], root='a/b')
save('beyond.pt', {'a': Tensor(shared, (10, 10), 1)})
big = {f'model.layers.{i}.weight': tensor(1024, 1024, kind='Float') for i in range(256)}
save('big.pt', big)
`);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The file, read where it lies. */
async function inspect(name: string): Promise<CountedInspection & { readonly size: number }> {
  const path = join(folder, name), { size } = statSync(path), descriptor = openSync(path, 'r');
  let requests = 0, bytes = 0;
  try {
    const file = await inspectModelFile((offset, length) => {
      requests++;
      bytes += length;
      const part = Buffer.alloc(length);
      readSync(descriptor, part, 0, length, offset);
      return Promise.resolve(part);
    }, size, name);
    return { file, size, requests, bytes };
  } finally {
    closeSync(descriptor);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  FloatStorage: 'F32', HalfStorage: 'F16', BFloat16Storage: 'BF16', DoubleStorage: 'F64', LongStorage: 'I64', IntStorage: 'I32',
  ShortStorage: 'I16', CharStorage: 'I8', ByteStorage: 'U8', BoolStorage: 'BOOL',
};

interface Row {
  readonly name: string;
  readonly shape: number[];
  readonly kind: string;
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

function wanted(name: string): object[] {
  const rows = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Row[];
  return rows.map(({ kind, ...row }) => ({ ...row, dtype: TYPES[kind] })).sort(byName);
}

const listed = ({ tensors }: ModelFile): object[] =>
  tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype })).sort(byName);

/** What PyTorch itself writes, where Debian's is installed, and what it says of it. */
const TORCH = `
import collections, json, sys, warnings
warnings.simplefilter('ignore')
import torch
folder = sys.argv[1]
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.LSTM(4, 5))
optimizer = torch.optim.Adam(model.parameters())
model[1](model[0](torch.randn(7, 3))).sum().backward()
optimizer.step()
values = torch.randn(4, 4)
mixed = {'values': values, 'transposed': values.t(), 'part': values[1:], 'wide': values.expand(2, 4, 4), 'scalar': torch.tensor(1.5),
  'empty': torch.zeros(0, 3), 'half': values.half(), 'bfloat': values.bfloat16(), 'complex': torch.zeros(2, dtype=torch.complex64),
  'bool': torch.zeros(2, dtype=torch.bool), 'parameter': torch.nn.Parameter(values), 'byte': torch.zeros(9, dtype=torch.uint8)}
state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict()}
def tensors(value, path=()):
    if isinstance(value, torch.Tensor): yield '.'.join(path), value
    if isinstance(value, dict): value = value.items()
    elif isinstance(value, list): value = enumerate(value)
    else: return
    for key, inner in value: yield from tensors(inner, path + (str(key),))
for name, value in {'state': state, 'mixed': mixed}.items():
    torch.save(value, f'{folder}/torch-{name}.pt')
    rows = [{'name': path, 'shape': list(t.shape), 'bytes': t.numel() * t.element_size()} for path, t in tensors(value)]
    json.dump(rows, open(f'{folder}/torch-{name}.json', 'w'))
torch.save(model, f'{folder}/torch-module.pt')
json.dump(sum(p.numel() for p in model.state_dict().values()), open(f'{folder}/torch-module.json', 'w'))
torch.jit.save(torch.jit.script(model[0]), f'{folder}/torch-script.pt')
`;

const python = pythonWith('torch');

describe.runIf(python !== undefined)('a checkpoint that PyTorch has written', () => {
  beforeAll(() => {
    runPython(python ?? '', TORCH, folder);
  }, 120_000);

  const rows = (name: string): unknown => JSON.parse(readFileSync(join(folder, `torch-${name}.json`), 'utf8'));

  it.each(['state', 'mixed'])('(%s) holds the tensors that PyTorch put into it', async (name) => {
    const { file } = await inspect(`torch-${name}.pt`);
    expect(file.tensors.map(({ name, shape, bytes }) => ({ name, shape, bytes }))).toEqual(rows(name));
  });

  it('as a whole module has as many parameters as the module', async () => {
    const { file } = await inspect('torch-module.pt');
    expect(file).toMatchObject({ format: 'torch', parameters: rows('module') });
  });

  it('as a script has the parameters of the script', async () => {
    const { file } = await inspect('torch-script.pt');
    expect(file).toMatchObject({ format: 'torchscript', tensors: [{ name: 'weight', shape: [4, 3] }, { name: 'bias', shape: [4] }] });
  });
});

describe('a PyTorch checkpoint', () => {
  it.each(['ordered', 'plain', 'protocol-4', 'packed', 'nested', 'large'])('(%s) has the tensors that went in, by their names', async (name) => {
    const { file } = await inspect(`${name}.pt`);
    expect(listed(file)).toEqual(wanted(name));
    expect(file).toMatchObject({
      format: 'torch', metadata: { version: '3', byteorder: 'little', serialization_id: '0123456789' },
    });
  });

  it.each([1, 3, 5])('of protocol %i is read alike', async (protocol) => {
    const { file } = await inspect(`protocol-${protocol}.pt`);
    expect(listed(file)).toEqual(wanted('plain'));
  });

  it('that is a whole module names its parameters by the way to them', async () => {
    const { file } = await inspect('module.pt');
    expect(file.tensors).toMatchObject([{ name: '_modules.fc._parameters.weight', shape: [4, 4] }]);
  });

  it('counts the bytes of a shared storage once', async () => {
    const { file } = await inspect('shared.pt');
    expect(file).toMatchObject({ parameters: 210, bytes: 200 });
    expect(file.tensors).toMatchObject([
      { name: 'wte', dtype: 'F16', bytes: 200, offset: 0 },
      { name: 'lm_head', storage: file.tensors[0]?.storage, bytes: 200 },
      { name: 'row', offset: 180, bytes: 20 },
    ]);
  });

  it('with types of tensors in untyped storages has those types', async () => {
    const { file } = await inspect('typed.pt');
    expect(file).toMatchObject({
      bytes: 64, tensors: [{ dtype: 'F8_E4M3', bytes: 64 }, { dtype: 'U16', offset: 32, bytes: 32 }],
    });
  });

  it('without names counts its tensors', async () => {
    expect((await inspect('one.pt')).file.tensors).toMatchObject([{ name: '0', shape: [3], dtype: 'F32' }]);
    expect((await inspect('list.pt')).file.tensors).toMatchObject([{ name: '0', shape: [3] }, { name: '1.0', shape: [4] }]);
  });

  it('of a gigabyte costs kilobytes, in few reads', async () => {
    const { file, size, requests, bytes } = await inspect('big.pt');
    expect(file).toMatchObject({ parameters: 2 ** 28, bytes: 2 ** 30 });
    expect(size).toBeGreaterThan(2 ** 30);
    expect(requests).toBeLessThanOrEqual(4);
    expect(bytes).toBeLessThan(300_000);
  });

  it('whose tensor reaches beyond its storage is refused', async () => {
    await expect(inspect('beyond.pt')).rejects.toThrow(/reaches beyond its storage/);
  });

  it('that puts one tensor into a million places is refused, soon and in bounded memory', async () => {
    // A list, the tensor in the memo, and then nothing but BINGET, APPEND.
    const storage = 'X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x01tQ';
    const one = `ctorch._utils\n_rebuild_tensor_v2\n((${storage}K\0K\x01\x85K\x01\x85\x89)tR`;
    const pickle = Buffer.concat([Buffer.from(`\x80\x02]${one}q\x01a`, 'latin1'), Buffer.alloc(3_000_000, 'h\x01a', 'latin1'), Buffer.from('.')]);
    await expect(inspectBytes(checkpoint(pickle, { 0: Buffer.alloc(4) }))).rejects.toMatchObject({ code: 'FORMAT_LIMIT' });
  });

  it('without one of its storages is refused', async () => {
    const data = readFileSync(join(folder, 'one.pt'));
    // In both headers.
    const renamed = Buffer.from(data.toString('latin1').replaceAll(/archive\/data\/\d+/g, (name) => name.replace('data', 'atad')), 'latin1');
    await expect(inspectBytes(renamed)).rejects.toThrow(/storage that the archive does not hold/);
  });

  it.each<[string, Buffer, string, RegExp]>([
    ['whose pickle is cut short', checkpoint(Buffer.from('80027d71', 'hex')), 'FORMAT_INVALID', /Ends in the middle|Ends without/],
    ['of the old format', Buffer.from('80028a0a6cfc9c46f9206aa850192e8002', 'hex'), 'NO_FILES_MATCH', /does not read files of this format/],
    ['that is a plain pickle', Buffer.from('80047d942e', 'hex'), 'NO_FILES_MATCH', /does not read/],
    ['with an encrypted pickle', zip([{ name: 'a/data.pkl', data: Buffer.from('80027d2e', 'hex'), flags: 1 }]), 'FORMAT_INVALID', /encrypted/],
  ])('%s is refused in plain words', async (_, data, code, message) => {
    await expect(inspectBytes(data)).rejects.toMatchObject({
      code, message: expect.stringMatching(message) as string,
    });
  });
});
