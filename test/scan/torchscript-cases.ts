// TorchScript archives: the code that torch writes, and code that reaches more than tensors.

import { bytes, EMPTY_DICT, EMPTY_TUPLE, pickle } from './assemble.ts';
import type { CleanCase } from './clean-cases.ts';
import type { Case } from './malicious-cases.ts';
import { zip, type ZipEntry } from './zips.ts';

/** A method of a class, as torch prints it. */
function method(...lines: string[]): string {
  const body = lines.map((line) => `    ${line}\n`).join('');
  return `class Net(Module):\n  __parameters__ = []\n  training : bool\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n${body}    return x\n`;
}

function archive(code: string, more: readonly ZipEntry[] = [], name = 'net/code/__torch__.py', method: 0 | 8 = 0): Buffer {
  return zip([
    { name: 'net/data.pkl', data: pickle(EMPTY_DICT) },
    { name, data: Buffer.from(code), method },
    { name: 'net/constants.pkl', data: pickle(EMPTY_TUPLE) },
    ...more,
    { name: 'net/version', data: Buffer.from('3\n') },
  ]);
}

const clean = (what: string, code: string): CleanCase => ({ what, name: 'model.pt', data: archive(code), format: 'torchscript' });

export const TORCHSCRIPT_CLEAN: readonly CleanCase[] = [
  clean('TorchScript', method(
    '_0 = __torch__.torch.nn.functional.___torch_mangle_1.interpolate',
    'seq = self.seq',
    'y = (seq).forward(torch.add(x, 2.), )',
    'z = torch.to(y, torch.device("cpu"), 6)',
    'save = self.save',
    '_1 = getattr(self, "0")',
    'fut = fork(__forked_function)',
    '_2 = torch.wait(fut)',
    'ops.prim.RaiseException("torch is \\"not\\" here, see ops and torch.save", "builtins.ValueError")',
    "_3 = {'save': torch.mul(x, 2), \"\": '''a\ntorch'''}  # torch, ops",
    'a, b = ops.quantized.linear_unpack(self._packed_params)',
    'c = ops.torchvision.nms(a, b, 0.5)',
    'd = annotate(List[int], [])',
    'self._packed_params = __torch__.torch.classes.quantized.LinearPackedParamsBase',
  )),
  clean('an empty file of TorchScript', ''),
  clean('TorchScript of several files', 'import __torch__\nimport __torch__.torch.nn.modules.linear\nop_version_set = 1\n'),
];

const evil = (what: string, ...lines: string[]): Case => ({ what, name: 'model.pt', data: archive(method(...lines)), verdict: 'malicious' });
const doubtful = (what: string, ...lines: string[]): Case => ({ what, name: 'model.pt', data: archive(method(...lines)), verdict: 'suspicious' });
const CALL = method('torch.save(x, "/root/.bashrc")');

export const TORCHSCRIPT_MALICIOUS: readonly Case[] = [
  evil('TorchScript that saves', 'torch.save(x, "/root/.bashrc")'),
  evil('TorchScript that reads a file', '_0 = torch.from_file("/etc/passwd", False, 10, dtype=0)'),
  evil('TorchScript that reads a file by its name', '_0 = ("/etc/passwd").from_file(True, 10)'),
  evil('TorchScript with blanks in a call', 'torch . \\\n  save (x, "a")'),
  evil('TorchScript with a comment in a call', '_0 = (torch.  # nothing\n  save)(x, "a")'),
  evil('TorchScript of aten by its other name', 'ops.aten.save(x, "a")'),
  evil('TorchScript behind a string', `_0 = "\\"", ''; torch.save(x, "#")`),
  evil('TorchScript behind a string of three marks', `_0 = '''it's "torch"'''; torch.save(x, "a")`),
  evil('TorchScript behind a string that a line ends', `_0 = "`, 'torch.save(x, "a")'),
  evil('TorchScript behind a carriage return', '# x\r', 'torch.from_file("a")'),
  evil('TorchScript that writes pictures', 'ops.image.write_file("/root/.bashrc", x)'),
  evil('TorchScript that reads pictures', 'x = ops.image.read_file("/etc/passwd")'),
  evil('TorchScript that calls another machine', 'x = rpc_sync("worker", f, (x,))'),
  evil('TorchScript that runs Python', 'x = ops.prim.PythonOp(x)'),
  evil('TorchScript that gets a function by its name', '_0 = getattr(torch, "from_file")("a")'),
  doubtful('TorchScript that hides a name', '_0 = getattr(x, "sa\\x76e")("a")'),
  doubtful('TorchScript that gets a function by its name and a tensor', '_0 = getattr(x,', ' "save")("a")'),
  doubtful('TorchScript that calls torch otherwise', 't = torch', 't.save(x, "a")'),
  doubtful('TorchScript that keeps a function of a tensor', 'f = x.save', 'f("a")'),
  doubtful('TorchScript that saves a tensor', 'x.save("a")'),
  doubtful('TorchScript that saves itself', 'self.save("a")'),
  doubtful('TorchScript that calls ops otherwise', 'o = ops', 'o.a.b(x)'),
  doubtful('TorchScript of foreign operators', 'x = ops.evil.run(x)'),
  doubtful('TorchScript of foreign classes', 'x = __torch__.torch.classes.dist_c10d.ProcessGroup'),
  doubtful('TorchScript that makes foreign classes', 'x = torch.classes.evil.Shell("id")'),
  { what: 'TorchScript in a file below', name: 'model.pt', data: archive(CALL, [], 'net/code/__torch__/a/b.PY'), verdict: 'malicious' },
  { what: 'TorchScript that is compressed', name: 'model.pt', data: archive(CALL, [], 'net/CODE/x.py', 8), verdict: 'malicious' },
  {
    what: 'TorchScript for phones', name: 'model.ptl', verdict: 'malicious',
    data: archive('', [{ name: 'net/bytecode.pkl', data: pickle(bytes('X\x0f\0\0\0aten::from_file'), 'q\x01', '0', EMPTY_TUPLE) }]),
  },
];
