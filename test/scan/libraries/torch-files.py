# Files as torch writes them: argv[1] is the folder they go to. good-*: clean; library-*: of classes that a
# policy may allow; evil-*: with a call of os.system inside.
import collections, sys, types, warnings
import torch
warnings.simplefilter('ignore')
folder = sys.argv[1]
def save(name, value, **words): torch.save(value, f'{folder}/good-{name}', **words)
torch.manual_seed(1)
module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1))
state = module.state_dict()
save('state.pt', state)
save('state-old.bin', state, _use_new_zipfile_serialization=False)
kinds = ['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool', 'complex64', 'complex128']
tensors = {kind: torch.zeros(3, 2, dtype=getattr(torch, kind)) for kind in kinds}
save('kinds.pt', tensors)
save('kinds-old.pt', tensors, _use_new_zipfile_serialization=False)
save('empty.pt', {'a': torch.zeros(0), 'scalar': torch.tensor(1.5)})
shared = torch.arange(20.0)
save('views.pt', {'all': shared, 'part': shared[3:9], 'turned': shared.view(4, 5).t()})
save('views-old.pt', {'all': shared, 'part': shared[3:9], 'turned': shared.view(4, 5).t()}, _use_new_zipfile_serialization=False)
save('parameters.pt', [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2), requires_grad=False)])
save('sparse.pt', {'coo': torch.eye(3).to_sparse(), 'csr': torch.eye(3).to_sparse_csr()})
save('quantised.pt', {'q': torch.quantize_per_tensor(torch.ones(3), 0.1, 2, torch.quint8),
  'i': torch.quantize_per_tensor(torch.ones(3), 0.1, 2, torch.qint8),
  'c': torch.quantize_per_channel(torch.ones(2, 2), torch.tensor([0.1, 0.2]), torch.tensor([0, 1]), 0, torch.qint8)})
for make in (torch.optim.Adam, torch.optim.SGD, torch.optim.AdamW, torch.optim.RMSprop):
    optimizer = make(module.parameters(), lr=0.1)
    module(torch.rand(5, 4)).sum().backward()
    optimizer.step()
    save(f'optimizer-{make.__name__}.pt', {'epoch': 3, 'model': state, 'optimizer': optimizer.state_dict(), 'loss': 0.5})
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
save('scheduler.pt', scheduler.state_dict())
save('nested.pt', collections.OrderedDict(a=collections.OrderedDict(b=torch.ones(1)), c={'d': [torch.ones(2), (1, 2.5, None, True)]}))
save('devices.pt', {'device': torch.device('cpu'), 'dtype': torch.float16, 'size': torch.Size([1, 2])})
save('generator.pt', torch.random.get_rng_state())
save('protocol4.pt', state, pickle_protocol=4)
save('protocol5.pt', state, pickle_protocol=5)
save('storage.pt', torch.ones(3).storage())
save('numbers.pt', {'a': 2 ** 80, 'b': -1, 'c': 'text', 'd': b'bytes', 'e': {1, 2}, 'f': 1j})
arguments = types.ModuleType('transformers.training_args')
class TrainingArguments:
    def __init__(self): self.learning_rate, self.output = 0.1, 'x'
TrainingArguments.__module__ = 'transformers.training_args'
arguments.TrainingArguments = TrainingArguments
sys.modules.update({'transformers': types.ModuleType('transformers'), 'transformers.training_args': arguments})
torch.save(TrainingArguments(), f'{folder}/library-training_args.bin')
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)
        self.names: list[str] = ['a', 'b']
    def forward(self, x): return torch.relu(self.layer(x)) + 1.5
del sys.modules['transformers'], sys.modules['transformers.training_args']
torch.jit.script(Net()).save(f'{folder}/good-script-net.pt')
torch.jit.trace(module.eval(), torch.rand(2, 4)).save(f'{folder}/good-script-traced.pt')
torch.save(module, f'{folder}/library-module.pt')
torch.save(module, f'{folder}/library-module-old.pt', _use_new_zipfile_serialization=False)
class Evil:
    def __reduce__(self):
        import os
        return os.system, ('true',)
torch.save({'w': torch.ones(2), 'x': Evil()}, f'{folder}/evil-torch.pt')
torch.save({'w': torch.ones(2), 'x': Evil()}, f'{folder}/evil-torch-old.pt', _use_new_zipfile_serialization=False)
