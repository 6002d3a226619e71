// PyTorch checkpoints without PyTorch: Python's own pickler writes what torch.save writes (protocol 2,
// persistent ids, torch's names), zipfile the archive around it, and a list of what is in it. The tensors
// are holes: a gigabyte costs nothing but its length.

import { spawnSync } from 'node:child_process';

const WRITE = `
import collections, io, json, pickle, random, struct, sys, types, zipfile
folder = sys.argv[1]
random.seed(20261120)

def module(name, **members):
    made = types.ModuleType(name)
    sys.modules[name] = made
    for key, value in members.items():
        if isinstance(value, type) or callable(value): value.__module__, value.__qualname__ = name, key
        setattr(made, key, value)
    return made

SIZES = {'Float': 4, 'Half': 2, 'BFloat16': 2, 'Double': 8, 'Long': 8, 'Int': 4, 'Short': 2, 'Char': 1, 'Byte': 1, 'Bool': 1}
torch = module('torch', **{kind + 'Storage': type(kind + 'Storage', (), {}) for kind in SIZES})
torch.dtype = type('dtype', (), {'__module__': 'torch', '__reduce__': lambda self: self.name})
for name in ['float8_e4m3fn', 'uint16']:
    setattr(torch, name, torch.dtype())
    getattr(torch, name).name = name
utils = module('torch._utils', **{name: (lambda *args: None) for name in
  ['_rebuild_tensor_v2', '_rebuild_tensor_v3', '_rebuild_parameter']})
module('torch.storage', UntypedStorage=type('UntypedStorage', (), {}))

class Storage:
    count = 0
    def __init__(self, kind, numel, size):
        self.kind, self.numel, self.size, self.key = kind, numel, size, str(Storage.count)
        Storage.count += 1

class Tensor:
    def __init__(self, storage, shape, offset=0, dtype=None):
        strides, step = [], 1
        for length in reversed(shape):
            strides.insert(0, step)
            step *= length
        self.storage, self.shape, self.args = storage, shape, (storage, offset, tuple(shape), tuple(strides), False)
        self.dtype = dtype
    def __reduce__(self):
        if self.dtype is None: return utils._rebuild_tensor_v2, self.args + (collections.OrderedDict(),)
        return utils._rebuild_tensor_v3, self.args + (collections.OrderedDict(), self.dtype)

class Parameter:
    def __init__(self, tensor): self.tensor = tensor
    def __reduce__(self): return utils._rebuild_parameter, (self.tensor, True, collections.OrderedDict())

class Holes(io.FileIO):
    def write(self, data):
        if len(data) < 4096 or bytes(data).count(0) < len(data): return super().write(data)
        self.seek(len(data), io.SEEK_CUR)
        return len(data)

class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if not isinstance(value, Storage): return None
        self.storages[value.key] = value
        return ('storage', value.kind, value.key, 'cpu', value.numel)

def save(name, value, root='archive', protocol=2, method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    pickler = Pickler(stream, protocol)
    pickler.storages = {}
    pickler.dump(value)
    with Holes(f'{folder}/{name}', 'w') as file, zipfile.ZipFile(file, 'w', method) as archive:
        archive.writestr(f'{root}/data.pkl', stream.getvalue())
        archive.writestr(f'{root}/byteorder', 'little')
        for key, storage in pickler.storages.items():
            with archive.open(f'{root}/data/{key}', 'w', force_zip64=True) as member:
                for at in range(0, storage.size, 1 << 20): member.write(bytes(min(1 << 20, storage.size - at)))
        archive.writestr(f'{root}/version', '3\\n')
        archive.writestr(f'{root}/.data/serialization_id', '0123456789')

def tensor(*shape, kind=None):
    kind = kind or random.choice(list(SIZES))
    count = 1
    for length in shape: count *= length
    return Tensor(Storage(getattr(torch, kind + 'Storage'), count, count * SIZES[kind]), shape)
`;

/** Runs Python that calls `save`, `tensor` and their kin; throws what Python says. */
export function writeCheckpoints(folder: string, script: string): void {
  const { status, stderr } = spawnSync('python3', ['-c', WRITE + script, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
