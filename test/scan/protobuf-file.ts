// A writer of protobuf messages, and of the few of ONNX and TensorFlow that the tests need. Fields come
// in the order in which they are given, which honest writers and attackers choose differently.

export type Part = Uint8Array;

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (field: number, wire: number): Buffer => varint(field * 8 + wire);
export const int = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([tag(field, 0), varint(value)]);
export const float = (field: number): Buffer => Buffer.concat([tag(field, 5), Buffer.alloc(4)]);
export const double = (field: number): Buffer => Buffer.concat([tag(field, 1), Buffer.alloc(8)]);
export const group = (field: number, ...parts: Part[]): Buffer =>
  Buffer.concat([tag(field, 3), ...parts, tag(field, 4)]);

export function text(field: number, value: string | Uint8Array): Buffer {
  const data = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([tag(field, 2), varint(data.length), data]);
}

export const message = (field: number, ...parts: Part[]): Buffer => text(field, Buffer.concat(parts));

/** A field that says it is longer than it is. */
export const overlong = (field: number, length: number | bigint, ...parts: Part[]): Buffer =>
  Buffer.concat([tag(field, 2), varint(length), ...parts]);

// ONNX.

export const entry = (key: string, value: string): Buffer => message(13, text(1, key), text(2, value));

export function tensor(field: number, name: string, ...more: Part[]): Buffer {
  const data = more.length > 0 ? more : [text(9, Buffer.alloc(8))];
  return message(field, int(1, 2), int(2, 1), text(8, name), ...data);
}

/** A tensor whose data lies in another file. */
export function external(field: number, location: string, ...more: Part[]): Buffer {
  return tensor(field, 'w', entry('location', location), entry('offset', '0'), entry('length', '8'), ...more, int(14, 1));
}

export const node = (operator: string, domain = '', ...attributes: Part[]): Buffer =>
  message(1, text(1, 'x'), text(2, 'y'), text(4, operator), ...attributes, ...(domain === '' ? [] : [text(7, domain)]));

/** A node of a function. */
export const functionNode = (operator: string, domain = '', ...attributes: Part[]): Buffer =>
  message(7, text(1, 'x'), text(2, 'y'), text(4, operator), ...attributes, text(7, domain));

export const onnxFunction = (name: string, domain: string, ...parts: Part[]): Buffer =>
  message(25, text(1, name), ...parts, text(10, domain));

export const graph = (...parts: Part[]): Buffer =>
  message(7, ...parts, text(2, 'main'), message(11, text(1, 'x')), message(12, text(1, 'y')));
export const operatorSet = (domain = '', version = 18): Buffer =>
  message(8, text(1, domain), int(2, version));

/** A model around a graph. */
export function onnx(graphParts: Part[], ...more: Part[]): Buffer {
  return Buffer.concat([int(1, 8), text(2, 'pytorch'), text(3, '2.5.0'), graph(...graphParts), operatorSet(), ...more]);
}

// TensorFlow.

export const operation = (op: string, ...attributes: Part[]): Buffer =>
  message(1, text(1, 'a/b'), text(2, op), text(3, 'x:0'), ...attributes);
export const attribute = (key: string, ...value: Part[]): Buffer =>
  message(5, text(1, key), message(2, ...value));
export const tfFunction = (name: string, ...operations: string[]): Buffer =>
  message(1, message(1, text(1, name)), ...operations.map((op) => message(3, text(1, 'n'), text(2, op))));

export function graphDef(operations: readonly Part[], ...functions: Part[]): Buffer {
  const library = functions.length > 0 ? [message(2, ...functions)] : [];
  return Buffer.concat([...operations, ...library, message(4, int(1, 1882))]);
}

export function savedModel(graphOf: Part, ...more: Part[]): Buffer {
  const operators = message(2, message(1, text(1, 'Const')));
  const info = message(1, operators, text(4, 'serve'), text(5, '2.15.0'), text(6, 'unknown'));
  return Buffer.concat([int(1, 1), message(2, info, text(2, graphOf), message(3, text(1, 'saver')), ...more)]);
}

/** An object of keras_metadata.pb. */
export const kerasObject = (metadata: unknown, identifier = '_tf_keras_layer'): Buffer => {
  const json = typeof metadata === 'string' ? metadata : JSON.stringify(metadata);
  return message(1, int(2, 1), text(3, 'root.layer-0'), text(4, identifier), text(5, json), message(6, int(1, 1)));
};
