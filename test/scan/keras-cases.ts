// Keras models that must not be accepted, and those that must be.

import { bytes, u32, u64 } from './assemble.ts';
import { attribute, collection, externalLink, hdf5, type Message, variable } from './hdf5-file.ts';
import {
  CODE, called, type Config, dense, keras, kerasFile, lambda, layer, metadata, oldLambda, oldLayer,
  oldSequential, policy, sequential,
} from './keras-configs.ts';
import { gzipped } from './packed.ts';
import { zip } from './zips.ts';

export interface KerasCase {
  readonly what: string;
  readonly name: string;
  readonly data: Buffer;
  readonly verdict: string;
  /** What an explanation must say. */
  readonly says?: string;
}

const inKeras = (what: string, config: Config | string, verdict = 'malicious', says?: string): KerasCase =>
  ({ what, name: 'model.keras', data: kerasFile(config), verdict, ...(says === undefined ? {} : { says }) });
const inH5 = (what: string, data: Buffer, verdict = 'malicious', says?: string): KerasCase =>
  ({ what, name: 'model.h5', data, verdict, ...(says === undefined ? {} : { says }) });
const as = (what: string, data: Buffer, verdict = 'malicious', name = 'model.keras'): KerasCase => ({ what, name, data, verdict });

const withFunction = (target: unknown): Config => sequential(dense(), layer('Activation', { name: 'act', activation: target }));
const SEARCH_LAMBDA = JSON.stringify(sequential(lambda()));

const CONFIGS: KerasCase[] = [
  inKeras('CVE-2024-3660: a Lambda layer', sequential(dense(), lambda()), 'malicious', '`payload` is a Lambda'),
  inKeras('a Lambda layer of tf.keras', oldSequential(oldLayer('Dense'), oldLambda()), 'malicious', '`payload` is a Lambda'),
  inKeras('CVE-2025-1550: a function of os', withFunction(called('os', 'system'))),
  inKeras('CVE-2025-1550: a function of subprocess as a class', sequential({ module: 'subprocess', class_name: 'Popen', config: { args: ['id'] } })),
  inKeras('CVE-2025-1550: builtins.eval', withFunction(called('builtins', 'eval'))),
  inKeras('CVE-2025-1550: a module nobody knows', sequential({ module: 'payload.layers', class_name: 'Dense', config: {}, registered_name: null }), 'suspicious'),
  inKeras('CVE-2025-8747: keras.utils.get_file', withFunction(called('keras.utils', 'get_file'))),
  inKeras('keras.utils.get_file named as a class', sequential({ module: 'keras.utils', class_name: 'get_file', config: {} })),
  inKeras('a function of Keras that loads another model', withFunction(called('keras.models', 'load_model'))),
  inKeras('CVE-2025-9906: enable_unsafe_deserialization', withFunction(called('keras.config', 'enable_unsafe_deserialization'))),
  inKeras('CVE-2025-49655: TorchModuleWrapper', sequential(layer('TorchModuleWrapper', { module: { class_name: '__bytes__', config: { value: 'gASVAAAA' } } }))),
  inKeras('CVE-2025-12058: a vocabulary in a file', sequential(layer('StringLookup', { vocabulary: '/etc/passwd' }))),
  inKeras('a vocabulary on the network', sequential(layer('IntegerLookup', { vocabulary: 'gs://bucket/x' }))),
  inKeras('a TensorFlow program elsewhere', sequential(layer('TFSMLayer', { filepath: '/tmp/x' }))),
  inKeras('a Lambda in a wrapper', sequential(layer('TimeDistributed', { layer: lambda() }))),
  inKeras('a Lambda in a wrapper in a wrapper', sequential(layer('TimeDistributed', { layer: layer('Bidirectional', { layer: lambda(), backward_layer: null }) }))),
  inKeras('a Lambda in a model in a model', sequential(sequential(sequential(lambda())))),
  inKeras('a Lambda as a metric', { ...sequential(), compile_config: { metrics: [[lambda()]] } }),
  inKeras('a Lambda in build_config', { ...sequential(), build_config: { x: { y: [lambda()] } } }),
  inKeras('a lambda as an initializer', sequential(layer('Dense', { kernel_initializer: { class_name: '__lambda__', config: { value: 'x' } } }))),
  inKeras('a lambda as a loss', { ...sequential(), compile_config: { loss: { class_name: '__lambda__', config: { value: 'x' } } } }),
  inKeras('marshalled code wherever it stands', sequential(layer('Dense', { activation: CODE }))),
  inKeras('a class called lambda', sequential({ ...lambda(), class_name: 'lambda' })),
  inKeras('a Lambda of a package', sequential({ ...lambda(), class_name: 'Custom>Lambda' })),
  inKeras('a Lambda spelled with escapes', JSON.stringify(sequential({ class_name: 'X', config: {} })).replace('"X"', '"\\u004c\\u0061mbd\\u0061"')),
  inKeras('keys spelled with escapes', SEARCH_LAMBDA.replaceAll('"class_name"', '"class\\u005fname"')),
  inKeras('a Lambda named first and last', '{"class_name": "Dense", "class_name": "Lambda", "config": {"name": "payload"}}'),
  inKeras('a Lambda hidden by a second name', '{"class_name": "Lambda", "class_name": "Dense", "config": {}}', 'suspicious'),
  inKeras('a config hidden by a second config', `{"class_name": "Sequential", "config": {"layers": [${JSON.stringify(lambda())}]}, "config": {"layers": []}}`),
  inKeras('the name behind a config of any size', `{"config": {"function": "${'x'.repeat(300_000)}", "name": "late"}, "class_name": "Lambda"}`, 'malicious', '`late` is a Lambda'),
  inKeras('numbers that JSON does not have', '{"a": NaN, "b": [Infinity, -Infinity], "class_name": "Lambda", "config": {}}'),
  inKeras('a Lambda before the text breaks', SEARCH_LAMBDA.slice(0, -20)),
  inKeras('a function of TensorFlow that writes files', oldSequential(oldLayer('TFOpLambda', { function: 'io.write_file' }))),
  inKeras('a function of TensorFlow that runs Python', oldSequential(oldLayer('TFOpLambda', { function: 'compat.v1.py_func' }))),
  inKeras('an operation that reads files', oldSequential(oldLayer('TensorFlowOpLayer', { node_def: { name: 'x', op: 'ReadFile' }, constants: {} }))),
  inKeras('a type of another module', sequential(layer('Dense', { spec: { class_name: '__typespec__', spec_name: 'system', module: 'os', config: [], registered_name: null } }))),
  inKeras('another name registered than given', sequential({ module: 'keras.layers', class_name: 'Dense', config: {}, registered_name: 'get_file' })),
  inKeras('a layer of somebody\'s own', sequential({ module: 'my_project.layers', class_name: 'MyLayer', config: {}, registered_name: 'Custom>MyLayer' }), 'suspicious'),
  inKeras('a layer of somebody\'s own in tf.keras', oldSequential(oldLayer('Custom>MyLayer')), 'suspicious'),
  inKeras('a loss of somebody\'s own', { ...sequential(), compile_config: { loss: called('builtins', 'my_loss') } }, 'suspicious'),
  inKeras('a package that begins like Keras', sequential({ module: 'keras_evil.layers', class_name: 'Dense', config: {} }), 'suspicious'),
  inKeras('a class that Keras does not have', sequential(layer('Backdoor')), 'suspicious'),
  inKeras('a Keras class that opens files', { ...sequential(), compile_config: { callbacks: [keras('keras.callbacks', 'CSVLogger', { filename: '/tmp/x' })] } }),
];

const FILES: KerasCase[] = [
  as('a deflated configuration', kerasFile(sequential(lambda()), { method: 8 })),
  as('a configuration with a big text, deflated', kerasFile(sequential(layer('Dense', { x: 'y'.repeat(400_000) }), lambda()), { method: 8 })),
  as('a configuration in capital letters', kerasFile(sequential(lambda()), { configName: 'CONFIG.JSON' })),
  as('a configuration and nothing else', kerasFile(sequential(lambda()), { alone: true })),
  as('a .keras file under another name', kerasFile(sequential(lambda()), { weights: hdf5([]) }), 'malicious', 'model.zip'),
  as('a .keras file in a zip', zip([{ name: 'a/model.keras', data: kerasFile(sequential(lambda())) }]), 'malicious', 'models.zip'),
  as('a .keras file, gzipped', gzipped(kerasFile(sequential(lambda()))), 'malicious', 'model.keras.gz'),
  as('something before the zip', kerasFile(sequential(lambda()), { before: 'GIF89a' })),
  as('weights that lie in another file', kerasFile(sequential(dense()), { weights: hdf5([externalLink('layers', '/etc/passwd')]) })),
  as('weights with a configuration of their own', kerasFile(sequential(dense()), { weights: hdf5([attribute('model_config', SEARCH_LAMBDA)]) })),
  as('a configuration in UTF-16', kerasFile(Buffer.from(SEARCH_LAMBDA, 'utf16le')), 'unscannable'),
  as('many configurations in the same bytes', overlapping()),
  as('a configuration that is not there', kerasFile(''), 'unscannable'),
  as('a configuration with a second text', kerasFile(`${JSON.stringify(sequential())} ${SEARCH_LAMBDA}`), 'unscannable'),
];

const JSON_FILES: KerasCase[] = [
  as('a Lambda in a model as JSON', Buffer.from(SEARCH_LAMBDA), 'malicious', 'model.json'),
  as('a Lambda in a model as JSON of another name', Buffer.from(SEARCH_LAMBDA), 'malicious', 'architecture.txt'),
  as('a module in a model of tf.keras as JSON', Buffer.from(JSON.stringify(oldSequential(called('os', 'system')))), 'malicious', 'model.json'),
  as('keys in another order and with escapes', Buffer.from(`\n {"config": ${JSON.stringify({ layers: [lambda()] })}, "x": "\\"{", "\\u0063lass_name": "Sequential"}`), 'malicious', 'm.json'),
  as('a model as JSON in a zip, deflated', zip([{ name: 'a/model.json', data: Buffer.from(SEARCH_LAMBDA), method: 8 }]), 'malicious', 'a.zip'),
  as('a model as JSON called config.json', Buffer.from(SEARCH_LAMBDA), 'malicious', 'config.json'),
  as('a Lambda in a SavedModel', metadata(oldSequential(oldLayer('Dense')), oldLambda()), 'malicious', 'saved/keras_metadata.pb'),
  as('a module in a SavedModel', metadata(called('os', 'system')), 'malicious', 'keras_metadata.pb'),
  as('a broken list of a SavedModel', metadata(oldSequential()).subarray(0, -9), 'unscannable', 'keras_metadata.pb'),
  as('a list of a SavedModel with something that is no JSON', metadata('{'), 'unscannable', 'keras_metadata.pb'),
  as('a large model as JSON', Buffer.from(`{"a": "${'x'.repeat(5_000_000)}",${SEARCH_LAMBDA.slice(1)}`), 'malicious', 'model.json'),
];

const shared = (text: string): Message => ({ ...attribute('model_config', text), flags: 2 });
const OLD = { old: true };

const HDF5: KerasCase[] = [
  inH5('CVE-2025-9905: a text of fixed length', hdf5([attribute('model_config', SEARCH_LAMBDA)]), 'malicious', '`payload` is a Lambda'),
  inH5('a text of any length', hdf5([variable('model_config', SEARCH_LAMBDA)], { rest: [collection(SEARCH_LAMBDA)] })),
  inH5('a text in the first layout', hdf5([attribute('model_config', SEARCH_LAMBDA, { version: 1 })], OLD)),
  inH5('a text of any length in the first layout', hdf5([variable('model_config', SEARCH_LAMBDA, { version: 1 })], { ...OLD, rest: [collection(SEARCH_LAMBDA)] })),
  inH5('a text of many', hdf5([variable('model_config', SEARCH_LAMBDA)], { rest: [collection(SEARCH_LAMBDA, 'a', 'bcd')] })),
  inH5('a Lambda of tf.keras', hdf5([attribute('model_config', JSON.stringify(oldSequential(oldLambda('hidden'))))]), 'malicious', '`hidden` is a Lambda'),
  inH5('a Lambda in the optimizer', hdf5([attribute('training_config', JSON.stringify({ optimizer_config: lambda(), loss: 'mse' }))])),
  inH5('a module in the loss', hdf5([attribute('training_config', JSON.stringify({ loss: called('os', 'system') }))])),
  inH5('a layer by itself', hdf5([attribute('layer_config', JSON.stringify(lambda()))])),
  inH5('a configuration under another name', hdf5([attribute('my_config', SEARCH_LAMBDA)])),
  inH5('a block of the user\'s own before it', hdf5([attribute('model_config', SEARCH_LAMBDA)], { before: Buffer.alloc(512) })),
  inH5('a long block before it', hdf5([attribute('model_config', SEARCH_LAMBDA)], { before: Buffer.alloc(8192, 'a') })),
  inH5('a picture before it', hdf5([attribute('x', 'y')], { before: bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', Buffer.alloc(496)) }), 'suspicious'),
  inH5('a gzip of it', gzipped(hdf5([attribute('model_config', SEARCH_LAMBDA)]))),
  inH5('a link to another file', hdf5([externalLink('weights', '../../secret.h5')])),
  inH5('an object behind a continuation', hdf5([(behind) => ({ type: 0x10, data: bytes(u64(behind), u64(hidden().length)) })], { rest: [hidden()] })),
  inH5('a configuration that objects share', hdf5([shared(SEARCH_LAMBDA)]), 'unscannable'),
  inH5('two texts in one attribute', hdf5([attribute('model_config', SEARCH_LAMBDA, { space: bytes('\x02\x01\0\x01', u64(2)) })]), 'unscannable'),
  inH5('a configuration of numbers', hdf5([attribute('model_config', '12345678', { type: bytes('\x10\0\0\0', u32(8), Buffer.alloc(4)) })]), 'unscannable'),
];

function hidden(): Buffer {
  const { type, data } = attribute('model_config', SEARCH_LAMBDA);
  return bytes('OCHK', Buffer.from([type, data.length & 255, data.length >> 8, 0]), data, u32(0));
}

/** Thousands of members that share one large configuration. */
function overlapping(): Buffer {
  const config = { name: 'config.json', data: Buffer.from(JSON.stringify(sequential(layer('Dense', { x: 'y'.repeat(1_000_000) }), lambda()))) };
  const one = zip([{ name: 'metadata.json', data: Buffer.alloc(0) }, config]);
  const at = one.indexOf('PK\x01\x02'), end = one.indexOf('PK\x05\x06');
  const entry = one.subarray(one.indexOf('PK\x01\x02', at + 4), end);
  const directory = bytes(one.subarray(at, end), ...Array.from({ length: 5000 }, () => entry));
  const record = Buffer.from(one.subarray(end));
  record.writeUInt16LE(5002, 8);
  record.writeUInt16LE(5002, 10);
  record.writeUInt32LE(directory.length, 12);
  return bytes(one.subarray(0, at), directory, record);
}

export const KERAS_MALICIOUS: readonly KerasCase[] = [...CONFIGS, ...FILES, ...JSON_FILES, ...HDF5];

const inbound = [{ args: [{ class_name: '__keras_tensor__', config: { shape: [null, 784], dtype: 'float32', keras_history: ['input', 0, 0] } }], kwargs: {} }];
const typespec = { class_name: '__typespec__', spec_name: 'TensorSpec', module: 'tensorflow.python.framework.tensor_spec', config: [[null, 1], 'float32', 'x'], registered_name: null };

const GOOD: readonly (readonly [what: string, config: Config | string])[] = [
  ['a dense network', sequential(dense(), layer('Dropout', { rate: 0.5, seed: null }), dense('out'))],
  ['a convolutional network', sequential(...['Conv2D', 'MaxPooling2D', 'BatchNormalization', 'Flatten', 'GlobalAveragePooling2D', 'RandomFlip', 'Rescaling'].map((name) => layer(name)))],
  ['a recurrent network', sequential(layer('Embedding'), layer('Bidirectional', { layer: layer('LSTM', { units: 4 }), backward_layer: layer('LSTM') }), layer('TimeDistributed', { layer: dense() }))],
  ['a transformer', keras('keras.src.models.functional', 'Functional', {
    name: 'functional', layers: [
      { ...layer('InputLayer'), name: 'input', inbound_nodes: [] },
      { ...layer('MultiHeadAttention', { num_heads: 2, key_dim: 8 }), name: 'mha', inbound_nodes: inbound },
      { module: 'keras.src.ops.numpy', class_name: 'Add', config: { name: 'add' }, registered_name: 'Add', name: 'add', inbound_nodes: inbound },
      { module: 'keras.src.ops.numpy', class_name: 'GetItem', config: { name: 'get_item' }, registered_name: 'GetItem', name: 'get_item', inbound_nodes: inbound },
      layer('LayerNormalization'), layer('EinsumDense'),
    ], input_layers: [['input', 0, 0]], output_layers: [['add', 0, 0]],
  }, { registered_name: 'Functional' })],
  ['functions of Keras', withFunction(called('builtins', 'relu'))],
  ['a function of Keras in its own module', withFunction(called('keras.activations', 'gelu'))],
  ['a schedule, a metric, a mixed policy', {
    ...sequential(layer('Dense', { dtype: keras('keras', 'DTypePolicy', { name: 'mixed_float16' }) })),
    compile_config: {
      optimizer: keras('keras.optimizers', 'LossScaleOptimizer', {
        inner_optimizer: keras('keras.optimizers', 'AdamW', { learning_rate: keras('keras.optimizers.schedules', 'CosineDecay', { decay_steps: 10 }) }),
      }),
      loss: keras('keras.losses', 'SparseCategoricalCrossentropy', { from_logits: true, fn: called('builtins', 'sparse_categorical_crossentropy') }),
      metrics: [keras('keras.metrics', 'MeanMetricWrapper', { fn: called('builtins', 'accuracy') }), keras('keras.metrics', 'AUC')],
    },
  }],
  ['a vocabulary and a normalization', sequential(layer('StringLookup', { vocabulary: ['a', 'b\u00e9', '\ud83d\ude00'] }), layer('TextVectorization', { vocabulary: null, standardize: 'lower_and_strip_punctuation' }), layer('Normalization', { mean: [1.5], axis: [-1] }))],
  ['numbers that JSON does not have', '{"module": "keras.layers", "class_name": "ReLU", "config": {"max_value": Infinity, "x": -Infinity, "y": NaN}, "registered_name": null}'],
  ['a model of KerasHub', {
    module: 'keras_hub.src.models.gemma.gemma_causal_lm', class_name: 'GemmaCausalLM', registered_name: 'keras_hub>GemmaCausalLM',
    config: { backbone: { module: 'keras_hub.src.models.gemma.gemma_backbone', class_name: 'GemmaBackbone', config: { dtype: policy() }, registered_name: 'keras_hub>GemmaBackbone' } },
  }],
  ['a model of tf.keras', oldSequential(oldLayer('Conv2D', { activation: 'relu', kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } } }), oldLayer('CuDNNLSTM'), oldLayer('LeakyReLU'))],
  ['a model of tf.keras with operations', oldSequential(...['math.add', 'compat.v1.transpose', 'nn.relu', 'concat', '__operators__.getitem', 'reshape', 'cast'].map((name) => oldLayer('TFOpLambda', { function: name })), oldLayer('TensorFlowOpLayer', { node_def: { name: 'Mul', op: 'Mul', input: [] } }))],
  ['types and shapes of tf.keras', oldSequential(oldLayer('InputLayer', { batch_input_shape: { class_name: '__tuple__', items: [null, 3] }, spec: typespec, build_input_shape: { class_name: 'TensorShape', items: [null, 3] } }))],
  ['optimizers as TensorFlow 2.11 registered them', { ...oldSequential(), training_config: { optimizer_config: { class_name: 'Custom>Adam', config: { name: 'Adam', learning_rate: 0.001 } } } }],
  ['a model of Keras 1', { class_name: 'Sequential', config: [{ class_name: 'Convolution2D', config: { name: 'c' } }, { class_name: 'Merge', config: { mode: 'sum', mode_type: 'raw' } }], keras_version: '1.2.2' }],
];

const TRAINING = JSON.stringify({ loss: { class_name: 'Huber', config: { delta: 1 } }, metrics: [[{ class_name: 'MeanMetricWrapper', config: { name: 'accuracy', fn: 'binary_accuracy' } }]], weighted_metrics: null, loss_weights: null, optimizer_config: { class_name: 'Custom>RMSprop', config: { name: 'RMSprop' } } });

export const KERAS_CLEAN: readonly Omit<KerasCase, 'verdict'>[] = [
  ...GOOD.map(([what, config]) => ({ what: `${what} in a .keras file`, name: 'model.keras', data: kerasFile(config, { weights: hdf5([attribute('x', 'y')]) }) })),
  ...GOOD.map(([what, config]) => {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    return { what: `${what} in HDF5`, name: 'model.h5', data: hdf5([variable('model_config', text), attribute('training_config', TRAINING), attribute('keras_version', '2.15.0')], { rest: [collection(text)] }) };
  }),
  ...GOOD.map(([what, config]) => ({ what: `${what} as JSON`, name: 'model.json', data: Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)) })),
  ...GOOD.map(([what, config]) => ({ what: `${what} as a KerasHub preset`, name: 'config.json', data: Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)) })),
  {
    what: 'the objects of a SavedModel, some of them of its own', name: 'saved/keras_metadata.pb',
    data: metadata({ ...oldLayer('MyModel'), is_graph_network: false }, oldSequential(oldLayer('Dense')), oldLayer('Mean')),
  },
  { what: 'JSON of another kind', name: 'vocab.json', data: Buffer.from('{"class_name": 1, "Lambda": {"class_name": "Lambda", "config": {}}}') },
  { what: 'weights alone', name: 'model.weights.h5', data: hdf5([attribute('backend', 'jax')], { old: true }) },
  { what: 'a block of zeros before it', name: 'model.h5', data: hdf5([attribute('backend', 'jax')], { before: Buffer.alloc(2048) }) },
  { what: 'a .keras file that is deflated', name: 'model.keras', data: kerasFile(sequential(dense()), { method: 8, weights: hdf5([]) }) },
];
