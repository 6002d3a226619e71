// ONNX models and TensorFlow graphs, honest and not, for the lists of clean and of malicious files.

import type { CleanCase } from './clean-cases.ts';
import type { Case } from './malicious-cases.ts';
import { gzipped } from './packed.ts';
import {
  attribute, double, entry, external, float, functionNode, graph, graphDef, group, int, kerasObject,
  message, node, onnx, onnxFunction, operation, operatorSet, overlong, savedModel, tensor, text,
  tfFunction, varint,
} from './protobuf-file.ts';
import { zip } from './zips.ts';

const clean = (what: string, data: Buffer, format = 'onnx', name = 'model.onnx'): CleanCase => ({ what, name, data, format });
const NET = [node('MatMul'), node('Relu'), tensor(5, 'w')];
const path = (location: string): Buffer => onnx([node('MatMul'), external(5, location)]);

export const PROTOBUF_CLEAN: readonly CleanCase[] = [
  clean('ONNX', onnx(NET)),
  clean('ONNX with weights beside it', path('model.onnx_data')),
  clean('ONNX with weights in a folder', path('./weights/layer.0.weight')),
  clean('ONNX with a checksum and rearranged weights', onnx([node('Relu'), external(5, 'a.data', entry('checksum', 'da39a3'), entry('prepacked_0', 'key|0|64'))])),
  clean('ONNX whose file names hold dots and blanks', path('my model..v2. data/..w')),
  clean('ONNX of stock domains', onnx([node('FusedGelu', 'com.microsoft'), node('TreeEnsembleRegressor', 'ai.onnx.ml'), node('Add', 'ai.onnx')], operatorSet('com.microsoft', 1), operatorSet('ai.onnx.ml', 3))),
  clean('ONNX of torch.onnx with its own functions', onnx(
    [node('aten_gelu', 'pkg.onnxscript.torch_lib'), node('Linear_0', 'pkg.torch.2.5.0'), tensor(5, 'w')],
    onnxFunction('aten_gelu', 'pkg.onnxscript.torch_lib', functionNode('Mul')),
    onnxFunction('Linear_0', 'pkg.torch.2.5.0', functionNode('aten_gelu', 'pkg.onnxscript.torch_lib')),
  )),
  clean('ONNX with graphs in attributes', onnx([
    node('If', '', message(5, text(1, 'then_branch'), message(6, node('Relu'), external(5, 'model.onnx_data'))), message(5, text(1, 'else_branch'), message(6, node('Abs')))),
    node('Constant', '', message(5, text(1, 'value'), tensor(5, 'c'))),
  ])),
  clean('ONNX with sparse weights and properties', onnx([node('MatMul'), message(15, tensor(1, 'v'), tensor(2, 'i'))], message(14, text(1, 'key'), text(2, '../../not a path')))),
  clean('ONNX for training', onnx(NET, message(20, message(1, node('Constant')), message(2, node('Gradient', 'ai.onnx.preview.training'))))),
  clean('ONNX from onnxruntime with a compiled part', onnx([node('EPContext', 'com.microsoft', message(5, text(1, 'ep_cache_context'), text(4, 'model_qnn.bin')))])),
  clean('ONNX that begins with its graph', Buffer.concat([graph(...NET), operatorSet(), int(1, 7)])),
  clean('ONNX under another name', onnx(NET), 'onnx', 'weights.dat'),
  clean('ONNX in a gzip', gzipped(path('model.onnx_data')), 'gzip', 'model.onnx.gz'),
  clean('ONNX in a zip', zip([{ name: 'a/model.onnx', data: onnx(NET), method: 8 }]), 'zip', 'model.zip'),
  clean('a tensor of ONNX by itself', Buffer.concat([int(1, 2), int(1, 3), int(2, 11), text(9, Buffer.alloc(48))]), 'onnx-tensor', 'input_0.pb'),
  clean('a SavedModel', savedModel(
    graphDef([operation('Const', attribute('value', message(8, int(1, 1), text(4, Buffer.alloc(900)))), attribute('dtype', int(6, 1))), operation('VarHandleOp'), operation('StatefulPartitionedCall', attribute('f', message(10, text(1, '__inference_f_1'))))],
      tfFunction('__inference_f_1', 'MatMul', 'Identity', '__inner'), tfFunction('__inner', 'NoOp')),
    message(6, text(2, 'vocab.txt')),
  ), 'saved-model', 'saved_model.pb'),
  clean('a SavedModel that saves and restores', savedModel(graphDef(['SaveV2', 'RestoreV2', 'ShardedFilename', 'MergeV2Checkpoints', 'HashTableV2', 'InitializeTableFromTextFileV2', 'LookupTableImportV2'].map((op) => operation(op)))), 'saved-model', 'saved_model.pb'),
  clean('a SavedModel of tensorflow_text', savedModel(graphDef([operation('SentencepieceTokenizeOp'), operation('TFText>FastWordpieceTokenizeWithOffsets')])), 'saved-model', 'saved_model.pb'),
  clean('a SavedModel that prints', savedModel(graphDef([operation('PrintV2', attribute('output_stream', text(2, 'stderr')))])), 'saved-model', 'saved_model.pb'),
  clean('a frozen graph', graphDef([operation('Placeholder'), operation('_FusedConv2D'), operation('Softmax')]), 'graph-def', 'frozen_graph.pb'),
  clean('what Keras writes beside a SavedModel', Buffer.concat([
    kerasObject({ name: 'model', class_name: 'MyModel', config: {} }, '_tf_keras_model'),
    kerasObject({ name: 'dense', class_name: 'Dense', config: { name: 'dense', units: 3, activation: 'relu' }, padding: 'x'.repeat(150_000) }),
    kerasObject({ class_name: 'Mean', config: { name: 'loss' } }, '_tf_keras_metric'),
  ]), 'keras-metadata', 'keras_metadata.pb'),
  clean("a SavedModel's fingerprint", Buffer.concat([int(1, 2n ** 63n + 5n), int(2, 2n ** 62n + 7n), int(3, 2n ** 60n), int(4, 9), int(5, 3), message(6, int(1, 1))]), 'tf-fingerprint', 'fingerprint.pb'),
  clean('a vocabulary of sentencepiece', Buffer.concat([...['<unk>', '▁the', 'ing'].map((piece) => message(1, text(1, piece), float(2))), message(2, text(1, 'corpus.txt')), message(3, text(1, 'nmt_nfkc'))]), 'sentencepiece', 'tokenizer.model'),
];

const evil = (what: string, data: Buffer, name = 'model.onnx'): Case => ({ what, name, data, verdict: 'malicious' });
const doubtful = (what: string, data: Buffer, name = 'model.onnx'): Case => ({ what, name, data, verdict: 'suspicious' });

/** Locations that lead out of the model's directory, on some system. */
const LOCATIONS = ['/etc/passwd', '../secret', 'a/../../b', '..', 'a/..', './../x', 'C:\\windows\\win.ini', 'c:x', '..\\..\\x', 'a\\b', '\\\\host\\share',
  '//host/share', 'a\0b', 'a\nb', 'file:///etc/passwd', 'http://host/x', '*/_ORT_MEM_ADDR_/*', 'x'.repeat(5000)];

const EVIL_TENSOR = external(5, '../x');
const NESTED = (field: number, ...parts: Buffer[]): Buffer => node('If', '', message(5, text(1, 'a'), message(field, ...parts)));

const ONNX: readonly Case[] = [
  ...LOCATIONS.map((location) => evil(`ONNX with external data at ${JSON.stringify(location.slice(0, 20))}`, path(location))),
  evil('ONNX with a path in a node', onnx([node('Constant', '', message(5, text(1, 'value'), external(5, '../x')))])),
  evil('ONNX with a path in a list of tensors', onnx([node('X', '', message(5, text(1, 'value'), external(10, '../x')))])),
  evil('ONNX with a path in a graph in a graph', onnx([NESTED(6, NESTED(11, NESTED(6, EVIL_TENSOR)))])),
  evil('ONNX with a path in a sparse tensor', onnx([node('X'), message(15, external(1, 'ok'), external(2, '../x'))])),
  evil('ONNX with a path in a sparse attribute', onnx([node('X', '', message(5, message(22, external(1, '../x'))))])),
  evil('ONNX with a path in a function', onnx([node('F', 'f')], onnxFunction('F', 'f', functionNode('Constant', '', message(5, external(5, '../x')))))),
  evil("ONNX with a path in a function's attribute", onnx([node('F', 'f')], onnxFunction('F', 'f', message(11, text(1, 'a'), external(5, '../x'))))),
  evil('ONNX with a path in what trains it', onnx(NET, message(20, message(2, node('X'), EVIL_TENSOR)))),
  evil('ONNX with a path behind two harmless ones', onnx([node('X'), tensor(5, 'w', entry('location', 'a'), entry('location', '../b'), int(14, 1))])),
  evil('ONNX with a path whose tensor says it is not external', onnx([node('X'), tensor(5, 'w', entry('location', '../b'))])),
  evil('ONNX whose entry names its value first', onnx([node('X'), tensor(5, 'w', message(13, text(2, '../b'), text(1, 'location')))])),
  evil('ONNX whose entry says it twice', onnx([node('X'), tensor(5, 'w', message(13, text(1, 'offset'), text(2, 'ok'), text(2, '../b'), text(1, 'location')))])),
  evil('ONNX whose graph comes first and in pieces', Buffer.concat([graph(node('X')), int(1, 8), operatorSet(), graph(EVIL_TENSOR)])),
  evil('ONNX behind a field that nobody knows', Buffer.concat([double(9), text(200, 'x'), float(201), path('../x')])),
  evil('ONNX that begins like a text', Buffer.concat([text(6, 'nothing but a text '.repeat(9000)), path('../x')])),
  evil('ONNX that begins like an opcode of a pickle', Buffer.concat([operatorSet(), graph(node('X'), EVIL_TENSOR), int(1, 8)]), 'weights.dat'),
  evil('ONNX behind a long varint', Buffer.concat([Buffer.from('888080808000', 'hex'), varint(8), graph(node('X'), EVIL_TENSOR), operatorSet()])),
  evil('ONNX that is cut behind its path', path('../x').subarray(0, -6)),
  evil('ONNX with a compiled part outside', onnx([node('EPContext', 'com.microsoft', message(5, text(4, '../../x.bin'), text(1, 'ep_cache_context')))])),
  evil('a tensor of ONNX with a path', Buffer.concat([int(1, 2), int(2, 1), entry('location', '../x'), int(14, 1)]), 'input_0.pb'),
  evil('ONNX with a base path', onnx([node('X'), external(5, 'a', entry('basepath', '/etc'))])),
  evil('ONNX in a zip, with a path', zip([{ name: 'model.onnx', data: path('../x'), method: 8 }]), 'model.zip'),
  evil('ONNX that begins like an opcode, in a zip', zip([{ name: 'm.dat', data: Buffer.concat([operatorSet(), graph(node('X'), EVIL_TENSOR)]), method: 8 }]), 'model.zip'),
  doubtful('ONNX with data in a file without a name', onnx([node('X'), tensor(5, 'w', int(14, 1))])),
  doubtful('ONNX with data in an empty name', path('')),
  doubtful('ONNX with data in its directory', path('./.')),
  doubtful('ONNX with a negative offset', onnx([node('X'), tensor(5, 'w', entry('location', 'a'), entry('offset', '-8'), int(14, 1))])),
  doubtful('ONNX with a length that is no number', onnx([node('X'), tensor(5, 'w', entry('location', 'a'), entry('length', '1e99'), int(14, 1))])),
  doubtful('ONNX that sets attributes of its loader', onnx([node('X'), external(5, 'a', entry('__class__', 'x'))])),
  doubtful('ONNX of a domain that nobody has', onnx([node('Run', 'com.evil.ops')])),
  doubtful("ONNX of a domain that only looks like Microsoft's", onnx([node('Run', 'com.microsoft.evil')])),
  doubtful('ONNX of a foreign operator in a graph of a node', onnx([NESTED(6, node('Run', 'evil'))])),
  doubtful('ONNX of a foreign operator in a function', onnx([node('F', 'f')], onnxFunction('F', 'f', functionNode('Run', 'evil')))),
  doubtful('ONNX of another operator of the domain of its functions', onnx([node('F', 'f'), node('G', 'f')], onnxFunction('F', 'f', functionNode('Add')))),
];

const ops = (...names: string[]): Buffer[] => names.map((name) => operation(name));
const MODEL = 'saved_model.pb';
const LAMBDA = { class_name: 'Lambda', config: { name: 'l', function: { class_name: '__lambda__', config: { code: '4wEAAAA=' } } } };

const TENSORFLOW: readonly Case[] = [
  ...['ReadFile', 'WriteFile', 'PyFunc', 'PyFuncStateless', 'EagerPyFunc', 'WholeFileReaderV2', 'SaveDatasetV2', 'DatasetToTFRecord'].flatMap((op) => [
    evil(`a SavedModel with ${op}`, savedModel(graphDef(ops('Const', op))), MODEL),
    evil(`a SavedModel with ${op} in a function`, savedModel(graphDef(ops('Const', 'PartitionedCall'), tfFunction('f', 'Add', op))), MODEL),
  ]),
  evil('a frozen graph with ReadFile', graphDef(ops('Const', 'ReadFile')), 'frozen.pb'),
  evil('a frozen graph whose functions come first', Buffer.concat([message(2, tfFunction('f', 'WriteFile')), ...ops('Const')]), 'frozen.pb'),
  evil('a SavedModel with a second graph', Buffer.concat([savedModel(graphDef(ops('Const'))), message(2, message(2, ...ops('PyFunc')))]), MODEL),
  evil('a SavedModel without its version', savedModel(graphDef(ops('ReadFile'))).subarray(2), MODEL),
  evil('a SavedModel under another name', savedModel(graphDef(ops('ReadFile'))), 'model.dat'),
  evil('a SavedModel that is cut behind the operator', savedModel(graphDef(ops('Const', 'ReadFile', 'Add'))).subarray(0, -20), MODEL),
  evil('a SavedModel that names an operator as a function', savedModel(graphDef([operation('PartitionedCall', attribute('f', message(10, text(1, 'WriteFile'))))])), MODEL),
  evil('a SavedModel that prints into a file', savedModel(graphDef([operation('PrintV2', attribute('output_stream', text(2, 'file:///root/.bashrc')))])), MODEL),
  evil('a SavedModel with an asset outside', savedModel(graphDef(ops('Const')), message(6, text(2, '../../../etc/passwd'))), MODEL),
  evil('a SavedModel in a gzip', gzipped(savedModel(graphDef(ops('ReadFile')))), 'saved_model.pb.gz'),
  evil('a Lambda beside a SavedModel', Buffer.concat([kerasObject({ class_name: 'Dense', config: {} }), kerasObject(LAMBDA)]), 'keras_metadata.pb'),
  evil('a Lambda in a model beside a SavedModel', kerasObject({ class_name: 'Sequential', config: { layers: [LAMBDA] } }), 'keras_metadata.pb'),
  evil('a Lambda in a large layer beside a SavedModel', kerasObject({ padding: 'x'.repeat(200_000), ...LAMBDA }), 'metadata.dat'),
  evil('a Lambda in an old SavedModel', savedModel(graphDef(ops('Const')), message(7, message(1, message(4, text(1, '_tf_keras_layer'), text(3, JSON.stringify(LAMBDA)))))), MODEL),
  ...['MatchingFiles', 'TextLineDataset', 'SqlDataset', 'DataServiceDatasetV4', 'DebugIdentityV3', 'RemoteCall', 'ImmutableConst', 'DatasetFromGraph', 'XlaCustomCallV2'].map(
    (op) => doubtful(`a SavedModel with ${op}`, savedModel(graphDef(ops('Const', op))), MODEL)),
  doubtful('a SavedModel with a foreign operator', savedModel(graphDef(ops('Const', 'MyTrojanOp'))), MODEL),
  doubtful('a SavedModel with nothing but foreign operators', savedModel(graphDef(ops('Trojan>Run'))), MODEL),
  doubtful('a SavedModel that calls a function that it does not have', savedModel(graphDef(ops('Const', '__inference_f_1'), tfFunction('__inference_f_2', 'Add'))), MODEL),
];

export const PROTOBUF_MALICIOUS: readonly Case[] = [...ONNX, ...TENSORFLOW];

/** Messages inside each other, more deeply than protobuf reads. */
function deep(levels: number): Buffer {
  let inner = node('Relu');
  for (let i = 0; i < levels; i++) inner = node('If', '', message(5, text(1, 'g'), message(6, inner)));
  return onnx([inner]);
}

/** Broken ones: what they are called and a name that says what they should be. */
export const PROTOBUF_BROKEN: readonly [what: string, data: Buffer, name: string][] = [
  ['ONNX without operator sets', Buffer.concat([int(1, 8), graph(...NET)]), 'model.dat'],
  ['ONNX without a graph', Buffer.concat([int(1, 8), operatorSet()]), 'model.dat'],
  ['ONNX with an empty graph alone', Buffer.concat([int(1, 8), message(7)]), 'model.onnx'],
  ['ONNX with a group', onnx([node('Relu'), group(100, int(1, 1))]), 'model.dat'],
  ['ONNX with a group at its end', Buffer.concat([onnx(NET), group(100)]), 'model.dat'],
  ['ONNX with a field 0', Buffer.concat([onnx(NET), int(0, 1)]), 'model.dat'],
  ['ONNX with a wire type that there is not', Buffer.concat([onnx(NET), Buffer.from([0x0e])]), 'model.dat'],
  ['ONNX with a varint of eleven bytes', Buffer.concat([onnx(NET), Buffer.from([8]), Buffer.alloc(10, 255), Buffer.from([1])]), 'model.dat'],
  ['ONNX with a varint of more than 64 bits', Buffer.concat([onnx(NET), Buffer.from([8]), Buffer.alloc(9, 255), Buffer.from([2])]), 'model.dat'],
  ['ONNX with a tag of more than 32 bits', Buffer.concat([onnx(NET), varint(2n ** 40n), Buffer.from([0])]), 'model.dat'],
  ['ONNX with a tensor of 2^63 bytes', onnx([node('Relu'), message(5, overlong(9, 2n ** 63n))]), 'model.dat'],
  ['ONNX with a field of 2^64 - 1 bytes at its end', Buffer.concat([onnx(NET), overlong(14, 2n ** 64n - 1n)]), 'model.dat'],
  ['ONNX with a node that is longer than its graph', onnx([overlong(1, 500, text(4, 'Relu')), node('Relu')]), 'model.dat'],
  ['ONNX with a number cut off', Buffer.concat([onnx(NET), Buffer.from([8, 128])]), 'model.dat'],
  ['ONNX with something behind it', Buffer.concat([onnx(NET), Buffer.from('trailing data ...')]), 'model.dat'],
  ['ONNX of 60 graphs inside each other', deep(60), 'model.dat'],
  ['text named like ONNX', Buffer.from('hello\n'), 'model.onnx'],
  ['zeros named like ONNX', Buffer.alloc(100), 'model.onnx'],
  ['a number named like ONNX', int(1, 8), 'model.onnx'],
  ['metadata of Keras that is no JSON', kerasObject('{"class_name":'), 'keras_metadata.pb'],
  ['metadata of Keras before its identifier', message(1, text(5, '{"class_name": "Lambda", "config": {}}'), text(4, '_tf_keras_layer')), 'keras_metadata.dat'],
  ['metadata of Keras that is cut off', kerasObject({ class_name: 'Dense', config: {} }).subarray(0, -9), 'keras_metadata.pb'],
  ['a SavedModel with a group', savedModel(graphDef([operation('Const'), group(9)])), 'model.dat'],
  ['a SavedModel of a version and nothing else', int(1, 1), 'saved_model.pb'],
  ['a SavedModel whose node is too long', savedModel(Buffer.concat([operation('Const'), overlong(1, 900)])), 'model.dat'],
  ['a frozen graph with something behind it', Buffer.concat([graphDef([operation('Const')]), Buffer.from('x')]), 'model.dat'],
  ['garbage named like a frozen graph', Buffer.from(Array.from({ length: 90 }, (_, i) => (i * 37) % 256)), 'frozen.pb'],
];
