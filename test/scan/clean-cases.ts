// What must be accepted: what honest programs write, and what is no model at all.

import {
  ADDITEMS, APPEND, APPENDS, BINPERSID, binunicode, BUILD, bytes, EMPTY_DICT, EMPTY_LIST, EMPTY_SET,
  EMPTY_TUPLE, frame, global, int, MARK, MEMOIZE, NONE, pickle, POP, pickle4, proto, REDUCE, SETITEM,
  SETITEMS, shortBytes, stackGlobal, STOP, text, TRUE, TUPLE, TUPLE1, TUPLE2, TUPLE3, u64,
} from './assemble.ts';
import { ggufFile } from '../core/gguf-file.ts';
import { tensor as row } from '../core/safetensors-cases.ts';
import { joblibArray } from './joblib-file.ts';
import { npy } from './npy-file.ts';
import { gzipped, PACKED, zlibbed } from './packed.ts';
import { PROTOBUF_CLEAN } from './protobuf-cases.ts';
import { safetensors } from './safetensors-file.ts';
import { tar } from './tar-file.ts';
import { HONEST } from './templates.ts';
import { TORCHSCRIPT_CLEAN } from './torchscript-cases.ts';
import { checkpoint, zip } from './zips.ts';

export interface CleanCase {
  readonly what: string;
  readonly name: string;
  readonly data: Buffer;
  readonly format: string;
}

function clean(what: string, data: Buffer, format = 'pickle', name = 'model.pkl'): CleanCase {
  return { what, name, data, format };
}

/** What torch.jit.save writes. */
const SCRIPTED = [
  { name: 'net/data.pkl', data: pickle(
    global('__torch__.torch.nn.modules.linear', 'Linear'), EMPTY_TUPLE, '\x81', EMPTY_DICT, MARK, binunicode('sizes'),
    global('torch.jit._pickle', 'build_intlist'), EMPTY_LIST, MARK, int(1), APPENDS, TUPLE1, REDUCE, SETITEMS, BUILD) },
  { name: 'net/constants.pkl', data: pickle(EMPTY_TUPLE) },
  { name: 'net/code/__torch__.py', data: Buffer.from('class Linear(Module):\n  pass\n') },
];

function plain(what: string, data: string | Buffer, format: string, name: string): CleanCase {
  return clean(what, bytes(data), format, name);
}

/** A storage's persistent id, with the key and the number of elements. */
function storage(key: string, elements: number, type = 'FloatStorage'): Buffer {
  return bytes(MARK, binunicode('storage'), global('torch', type), binunicode(key), binunicode('cpu'), int(elements), TUPLE, BINPERSID);
}

function tensor(key: string, elements: number, type?: string): Buffer {
  return bytes(
    global('torch._utils', '_rebuild_tensor_v2'), MARK, storage(key, elements, type), int(0), int(elements), TUPLE1, int(1), TUPLE1,
    '\x89', global('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE, TUPLE, REDUCE,
  );
}

const STATE = pickle(
  global('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE, MARK, binunicode('weight'), tensor('0', 4), binunicode('bias'), tensor('1', 2),
  SETITEMS, EMPTY_DICT, binunicode('_metadata'), global('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE, SETITEM, BUILD,
);
const STORAGES = { 0: Buffer.alloc(16, 0x80), 1: bytes('\x80\x02\x80\x02cos\n') };

/** `first` stands before the model. */
function legacy(first: Buffer = Buffer.alloc(0)): Buffer {
  const raw = (count: number): Buffer => bytes(u64(count), Buffer.alloc(count * 4, 0x63));
  return bytes(
    pickle('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'),
    pickle('M\xe9\x03'),
    pickle(EMPTY_DICT, MARK, binunicode('little_endian'), TRUE, SETITEMS),
    pickle(first, EMPTY_DICT, MARK, binunicode('w'), tensor('11', 4), binunicode('b'), tensor('12', 2), SETITEMS),
    pickle(EMPTY_LIST, MARK, binunicode('11'), binunicode('12'), APPENDS),
    raw(4), raw(2),
  );
}

const numpyArray = bytes(
  global('numpy.core.multiarray', '_reconstruct'), MARK, global('numpy', 'ndarray'), int(0), TUPLE1, shortBytes('b'), TUPLE, REDUCE,
  MARK, int(1), int(2), TUPLE1, global('numpy', 'dtype'), binunicode('f8'), '\x89', TRUE, TUPLE3, REDUCE,
  MARK, int(3), binunicode('<'), NONE, NONE, NONE, int(-1), int(-1), int(0), TUPLE, BUILD, '\x89', shortBytes('x'.repeat(16)), TUPLE, BUILD,
);

const REBUILT = bytes(
  global('torch._tensor', '_rebuild_from_type_v2'), MARK, global('torch._utils', '_rebuild_parameter'), global('torch.nn.parameter', 'Parameter'),
  EMPTY_TUPLE, EMPTY_DICT, TUPLE, REDUCE,
);

const PICKLES: CleanCase[] = [
  clean('a dict', pickle(EMPTY_DICT)),
  clean('numbers of every kind', bytes(proto(2), MARK, 'I1\nI01\nL12345678901234567890L\nF1.5e-3\nFnan\nK\x01M\x01\x02', int(-1), 'G', Buffer.alloc(8), '\x8a\x01\xff', TUPLE, STOP)),
  clean('strings of every kind', bytes("(S'a\\x00'\nVb\\u1234\nU\x01cT\x01\x00\x00\x00dC\x01eX\x01\x00\x00\x00f\x8c\x01gt.")),
  clean('a set, a frozenset, a bytearray', bytes(proto(5), EMPTY_SET, MARK, int(1), ADDITEMS, '(K\x01\x91\x96', u64(3), 'abc', TUPLE3, STOP)),
  clean('a counter', pickle(global('collections', 'Counter'), EMPTY_DICT, TUPLE1, REDUCE)),
  clean('a defaultdict of lists', pickle(global('collections', 'defaultdict'), global('__builtin__', 'list'), TUPLE1, REDUCE, MARK, binunicode('a'), EMPTY_LIST, SETITEMS)),
  clean('a deque', pickle(global('collections', 'deque'), EMPTY_TUPLE, REDUCE, int(1), APPEND)),
  clean('bytes for Python 2', pickle(global('_codecs', 'encode'), binunicode('\u00ff'), binunicode('latin1'), TUPLE2, REDUCE)),
  clean('a set for Python 2', pickle(global('__builtin__', 'set'), EMPTY_LIST, TUPLE1, REDUCE)),
  clean('a range', pickle(global('__builtin__', 'xrange'), int(0), int(3), int(1), TUPLE3, REDUCE)),
  clean('a datetime', pickle(global('datetime', 'datetime'), shortBytes('0123456789'), TUPLE1, REDUCE)),
  clean('a numpy array', pickle(numpyArray)),
  clean('a numpy scalar', pickle4(stackGlobal('numpy._core.multiarray', 'scalar'), stackGlobal('numpy', 'dtype'), text('f8'), TUPLE1, REDUCE, shortBytes('12345678'), TUPLE2, REDUCE)),
  clean('frames', bytes(proto(4), frame(bytes(EMPTY_LIST, MEMOIZE)), 'C\x03abc', frame(bytes(APPEND, STOP)))),
  clean('several streams', bytes(pickle(NONE), pickle(EMPTY_LIST), pickle4(EMPTY_DICT))),
  clean('zeros behind the end', bytes(pickle(NONE), Buffer.alloc(4096))),
  clean('a parameter that torch rebuilds', pickle(REBUILT)),
  clean('long data', pickle('B', Buffer.from([0, 0, 0x20, 0]), Buffer.alloc(2 * 1024 * 1024, 0x2e))),
  clean('a long line', bytes("S'", 'y'.repeat(300_000), "'\n.")),
  clean('a joblib file with an array', joblibArray(bytes()), 'joblib', 'model.joblib'),
  clean('a joblib file with objects', joblibArray(bytes(), pickle(EMPTY_LIST), 'O8'), 'joblib', 'model.joblib'),
  clean('a compressed joblib file', zlibbed(joblibArray(bytes())), 'zlib', 'model.joblib'),
  clean('a pickle in bzip2', PACKED.bzip2, 'bzip2', 'model.joblib'),
  clean('a pickle in bzip2 of two streams', bytes(PACKED.bzip2, PACKED.bzip2), 'bzip2', 'model.joblib'),
  clean('a pickle in xz', PACKED.xz, 'xz', 'model.joblib'),
  clean('a pickle in xz that is filled up with zeros', bytes(PACKED.xz, Buffer.alloc(8)), 'xz', 'model.joblib'),
  clean('a pickle in lzma', PACKED.lzma, 'lzma', 'model.joblib'),
  clean('a pickle in LZ4', PACKED.lz4, 'lz4', 'model.joblib'),
  clean("a pickle in joblib's old format", bytes('ZF', '0xb'.padEnd(19), zlibbed(PACKED.plain)), 'joblib-zf', 'model.pkl'),
  clean("a pickle in joblib's older format", bytes('ZF', '0xb'.padEnd(20), zlibbed(PACKED.plain)), 'joblib-zf', 'model.pkl'),
  clean('a pickle gzipped in two members', bytes(gzipped(PACKED.plain), gzipped(PACKED.plain)), 'gzip', 'model.pkl.gz'),
  clean('a zip of every method', zip([
    { name: 'a', data: PACKED.plain }, { name: 'b', data: PACKED.plain, method: 8 },
    { name: 'c', data: PACKED.plain, method: 12, packed: PACKED.bzip2 }, { name: 'd', data: PACKED.plain, method: 14, packed: PACKED.zipLzma },
    { name: 'e', data: PACKED.plain, method: 95, packed: PACKED.xz },
  ]), 'zip', 'a.zip'),
  clean('a gzipped pickle', gzipped(pickle(numpyArray)), 'gzip', 'model.pkl.gz'),
];

const CHECKPOINTS: CleanCase[] = [
  clean('a checkpoint', checkpoint(STATE, STORAGES), 'torch', 'model.pt'),
  clean('a checkpoint with zip64', zip([{ name: 'a/data.pkl', data: pickle(tensor('0', 1)) }, { name: 'a/data/0', data: Buffer.alloc(4) }], { zip64: true }), 'torch', 'model.pt'),
  clean('a checkpoint whose members are deflated', zip([{ name: 'a/data.pkl', data: pickle(NONE), method: 8 }]), 'torch', 'model.pt'),
  clean('a checkpoint in the old format', legacy(), 'torch-legacy', 'pytorch_model.bin'),
  clean('TorchScript', zip(SCRIPTED), 'torchscript', 'net.pt'),
  clean('a storage of which only the beginning is read', zip([
    { name: 'a/data.pkl', data: pickle(tensor('0', 10_000)) }, { name: 'a/data/0', data: Buffer.alloc(40_000), crc: 7 },
  ]), 'torch', 'model.pt'),
  clean('a module in the old format', legacy(bytes(
    MARK, binunicode('module'), global('torch.nn.parameter', 'Parameter'), binunicode('x.py'), binunicode('class X:'), TUPLE,
    BINPERSID, POP,
  )), 'torch-legacy', 'model.pt'),
  clean('a storage of bytes', checkpoint(pickle(tensor('0', 3, 'ByteStorage')), { 0: Buffer.alloc(3) }), 'torch', 'model.pt'),
];

/** Formats whose headers are judged, and the texts that decide what is run. */
const HEADERS: CleanCase[] = [
  plain('safetensors of two tensors', safetensors(
    { __metadata__: { format: 'pt' }, a: row('F32', [2, 3], 0, 24), b: row('I64', [1], 24, 32) }, 32,
  ), 'safetensors', 'model.safetensors'),
  plain('GGUF with a vocabulary, a template and tensors', ggufFile({
    metadata: [
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['tokenizer.ggml.tokens', { of: 'string', values: ['a', 'b'] }],
      ['tokenizer.ggml.scores', { of: 'f32', values: [0, 1] }],
      ['tokenizer.chat_template', { type: 'string', value: HONEST.ChatML ?? '' }],
    ],
    tensors: [{ name: 'w', type: 0, shape: [8], bytes: 32 }, { name: 'q', type: 2, shape: [32, 2], bytes: 36 }],
  }), 'gguf', 'model.gguf'),
  plain('a chat template', HONEST['Llama 2'] ?? '', 'text', 'chat_template.jinja'),
  plain('a configuration with a chat template', JSON.stringify({
    added_tokens: [{ content: '<s>' }], chat_template: [{ name: 'default', template: HONEST.Gemma }, { name: 'x', template: HONEST.Phi }],
  }), 'text', 'tokenizer_config.json'),
  plain('a configuration', '{"architectures": ["X"], "a": [1.5e3, -2, NaN, true, null, "\\u00e9\\ud800"], "auto_map": {}}', 'text', 'config.json'),
  plain('the components of a pipeline', JSON.stringify({ _class_name: 'P', unet: ['diffusers', 'U'], a: [null, null] }), 'text', 'model_index.json'),
];

const ARRAYS: CleanCase[] = [
  clean('an array', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Buffer.alloc(24)), 'npy', 'a.npy'),
  clean('a scalar', npy("{'descr': '|b1', 'fortran_order': False, 'shape': (), }", Buffer.alloc(1)), 'npy', 'a.npy'),
  clean('an empty array', npy("{'descr': '<U5', 'fortran_order': True, 'shape': (0,), }", Buffer.alloc(0)), 'npy', 'a.npy'),
  clean('dates', npy("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2,), }", Buffer.alloc(16)), 'npy', 'a.npy'),
  clean('a structured array', npy("{'descr': [('a', '<f4'), ('O', '<i8', (2,)), (('title', 'c'), 'V3')], 'fortran_order': False, 'shape': (2,), }", Buffer.alloc(46)), 'npy', 'a.npy'),
  clean('an array of objects', npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", pickle(EMPTY_LIST)), 'npy', 'a.npy'),
  clean('an npz', zip([{ name: 'a.npy', data: npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(8)), method: 8 }]), 'zip', 'a.npz'),
];

const OTHERS: CleanCase[] = [
  plain('JSON', '{"a": [1, 2]}', 'text', 'config.json'),
  plain('a README', '# A model\n\nOf no use.\n', 'text', 'README.md'),
  plain('a licence', 'Permission is hereby granted, free of charge,\nto any person\n', 'text', 'LICENSE'),
  plain('a vocabulary', 'cat\ndog\nember\n', 'text', 'vocab.txt'),
  plain('a vocabulary that could be opcodes', 'cos\nine\n.\n', 'text', 'vocab.txt'),
  plain('Python', 'import os\nimport sys\nos.system("x")\n', 'text', 'modeling.py'),
  plain('a list of files', 'charset/__init__.py,sha256=1yiX,1577\ncharset/__main__.py,sha256=Jzxl,109\n', 'text', 'RECORD'),
  plain('a list of files with a full stop', 'chapters/one.md,12\nchapters/two.md,7\n../../bin/run,3\n', 'text', 'RECORD'),
  plain('a text that begins like numbers', 'KBGear JamCam v2 and v3\n\nThis driver is based upon a protocol\n', 'text', 'README'),
  plain('a text that reads as fields', 'jmespath\n', 'text', 'top_level.txt'),
  plain('a declaration that reads as fields', 'import type Ajv from "../../core";\nexport default function add(this: Ajv, $data?: boolean): Ajv;\n', 'text', 'index.d.ts'),
  plain('a class', 'class Foo:\n    pass\n', 'text', 'foo.py'),
  plain('UTF-16', Buffer.from('\ufeffhello', 'utf16le'), 'text', 'notes.txt'),
  plain('a picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'png', 'a.png'),
  plain('safetensors', bytes(u64(2), '{}'), 'safetensors', 'model.safetensors'),
  plain('GGUF', bytes('GGUF\x03\0\0\0', u64(0), u64(0)), 'gguf', 'model.gguf'),
  plain('nothing', '', 'empty', 'notes.txt'),
  plain('something unknown', Buffer.from(Array.from({ length: 700 }, (_, i) => 255 - ((i * 13) % 100))), 'unknown', 'tokens.spm'),
  plain('a tar of texts', tar([{ name: 'a/b.txt', data: Buffer.from('hello') }]), 'tar', 'a.tar'),
  plain('a zip of texts', zip([{ name: 'a/', data: Buffer.alloc(0) }, { name: 'a/b.txt', data: Buffer.from('hello') }]), 'zip', 'a.zip'),
];

export const CLEAN: readonly CleanCase[] = [
  ...PICKLES, ...CHECKPOINTS, ...HEADERS, ...ARRAYS, ...OTHERS, ...PROTOBUF_CLEAN, ...TORCHSCRIPT_CLEAN,
];
