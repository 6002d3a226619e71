// Configurations of Keras models in the shapes that its versions write, and .keras files around them.

import { bytes } from './assemble.ts';
import { zip, type ZipOptions } from './zips.ts';

export type Config = Record<string, unknown>;

/** As Keras 3 writes an object of its own. */
export function keras(module: string, className: string, config: unknown = {}, more: Config = {}): Config {
  return { module, class_name: className, config, registered_name: null, ...more };
}

export function layer(className: string, config: Config = {}): Config {
  return keras('keras.layers', className, { name: className.toLowerCase(), trainable: true, dtype: policy(), ...config });
}

export function policy(): Config {
  return keras('keras', 'DTypePolicy', { name: 'float32' });
}

export function dense(name = 'dense'): Config {
  return {
    ...layer('Dense', {
      name, units: 10, activation: 'relu', use_bias: true,
      kernel_initializer: keras('keras.initializers', 'GlorotUniform', { seed: null }),
      bias_initializer: keras('keras.initializers', 'Zeros'),
      kernel_regularizer: keras('keras.regularizers', 'L2', { l2: 0.01 }),
      bias_constraint: null,
    }),
    build_config: { input_shape: [null, 784] },
  };
}

/** A Sequential model of Keras 3. */
export function sequential(...layers: unknown[]): Config {
  const input = layer('InputLayer', { batch_shape: [null, 784], sparse: false });
  return keras('keras', 'Sequential', { name: 'sequential', trainable: true, dtype: policy(), layers: [input, ...layers], build_input_shape: [null, 784] }, {
    build_config: { input_shape: [null, 784] },
    compile_config: {
      optimizer: keras('keras.optimizers', 'Adam', { name: 'adam', learning_rate: 0.001, weight_decay: null, clipnorm: null }),
      loss: 'sparse_categorical_crossentropy', loss_weights: null, metrics: ['accuracy'], jit_compile: false,
    },
  });
}

/** A model as tf.keras wrote it up to 2.12: no modules. */
export function oldSequential(...layers: unknown[]): Config {
  return { class_name: 'Sequential', config: { name: 'sequential', layers }, keras_version: '2.9.0', backend: 'tensorflow' };
}

export function oldLayer(className: string, config: Config = {}): Config {
  return { class_name: className, config: { name: className.toLowerCase(), trainable: true, dtype: 'float32', ...config } };
}

export const CODE = '4wEAAAAAAAAAAAAAAAEAAAADAAAAQwAAAHMEAAAAfABTACkBTqkA\n';

/** A Lambda layer with marshalled code, as Keras 3 writes it. */
export function lambda(name = 'payload'): Config {
  return keras('keras.layers', 'Lambda', { name, function: { class_name: '__lambda__', config: { code: CODE, defaults: null, closure: null } }, arguments: {} });
}

/** The same of tf.keras. */
export function oldLambda(name = 'payload'): Config {
  return oldLayer('Lambda', { name, function: [CODE, null, null], function_type: 'lambda', module: '__main__', output_shape: null, output_shape_type: 'raw' });
}

export function called(module: string | null, name: string, registered: string | null = name): Config {
  return { module, class_name: 'function', config: name, registered_name: registered };
}

/** keras_metadata.pb of a SavedModel: a list of objects, each with its configuration. */
export function metadata(...configs: (Config | string)[]): Buffer {
  return bytes(...configs.map((config, i) => {
    const own = Buffer.from(typeof config === 'string' ? config : JSON.stringify(config));
    const path = `root.layer-${i}`;
    return message(1, bytes(Buffer.from([0x10, i]), message(3, Buffer.from(path)), message(4, Buffer.from('_tf_keras_layer')), message(5, own), message(6, Buffer.from([8, 1, 16, 2]))));
  }));
}

function message(field: number, data: Buffer): Buffer {
  const size: number[] = [];
  for (let rest = data.length; ; rest >>>= 7) {
    size.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return bytes(Buffer.from([(field << 3) | 2, ...size]), data);
}

export interface KerasFileOptions extends ZipOptions {
  readonly method?: number;
  readonly configName?: string;
  readonly weights?: Uint8Array;
  readonly alone?: boolean;
}

/** A .keras file around a configuration, or around whatever stands in its place. */
export function kerasFile(config: Config | string | Buffer, options: KerasFileOptions = {}): Buffer {
  const { method = 0, configName = 'config.json', weights = bytes(''), alone = false } = options;
  const data = typeof config === 'string' || Buffer.isBuffer(config) ? Buffer.from(config) : Buffer.from(JSON.stringify(config));
  const metadata = { name: 'metadata.json', data: Buffer.from('{"keras_version": "3.8.0", "date_saved": "2026-11-20@14:00:00"}') };
  const entries = [{ name: configName, data, method }];
  if (!alone) entries.unshift({ ...metadata, method: 0 });
  if (weights.length > 0) entries.push({ name: 'model.weights.h5', data: Buffer.from(weights), method: 0 });
  return zip(entries, options);
}
