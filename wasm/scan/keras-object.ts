// One object of a Keras configuration that names a class or a function, and whether Keras may make it.
// keras-config.ts collects the names and asks here when it has seen all of the object.

import { CLASS, DANGEROUS, FUNCTION, LIBRARY, OP, SPEC, SYMBOL } from '../../build/generated/keras-names';
import { DANGEROUS as DANGEROUS_GLOBAL } from '../../build/generated/pickle-names';
import { KERAS_CUSTOM_OBJECT, KERAS_FILE, KERAS_FUNCTION, KERAS_LAMBDA, KERAS_PICKLE } from '../../build/generated/scan-rules';
import { mark, release } from '../abi';
import { newOutput, Output } from '../output';
import { flagsOf } from '../pickle/names';
import { sameBytes, Text } from '../text';
import { report } from './findings';
import { BUILTINS, KERAS_MODULE, kindsOf, LIBRARY_MODULE, moduleKind, NO_MODULE, TENSORFLOW } from './keras-names';
import { Task } from './task';

/** The members that decide; null where they are absent or no strings. */
@unmanaged
export class Entry {
  /** Bits of keras-config.ts: which of its members have been read. */
  seen: u32;
  className: Text | null;
  module: Text | null;
  registered: Text | null;
  /** `config`, where it is a string: the name of a function. */
  target: Text | null;
  /** `config`, where it is an object. */
  inner: Entry | null;
  layer: Text | null;
  spec: Text | null;
  /** What an op layer calls. */
  symbol: Text | null;
  node: Entry | null;
  op: Text | null;
}

let task: Task = changetype<Task>(0);
let at: u64 = 0;

/** Findings are about this place of this task. */
export function placeFindings(where: Task, pos: u64): void {
  task = where;
  at = pos;
}

/** Whether Keras makes do with the graph where it does not know a class, as for a SavedModel. */
let hasGraph: bool = false;

export function makeFromGraph(yes: bool): void {
  hasGraph = yes;
}

export function judgeEntry(entry: Entry): void {
  const name = entry.className;
  if (name === null) return;
  if (isLambda(name)) tell(KERAS_LAMBDA, entry, 'is a Lambda: Python code that runs when the model is loaded or used', name);
  else if (name.is('TorchModuleWrapper')) tell(KERAS_PICKLE, entry, 'wraps a PyTorch module, which is a pickle that is loaded with the model', name);
  else if (name.is('TFSMLayer')) tell(KERAS_FILE, entry, 'loads a TensorFlow program from another place when the model is loaded', name);
  else if (name.is('function')) judgeFunction(entry);
  else if (name.is('TFOpLambda') || name.is('SlicingOpLambda')) judgeSymbol(entry);
  else if (name.is('TensorFlowOpLayer')) judgeOperation(entry);
  else if (name.is('__typespec__')) judgeSpec(entry);
  else judgeClass(entry, name);
}

/** Python compares exactly; other readers may not, and nothing else is called like that. */
function isLambda(name: Text): bool {
  const plain = name.after(0x3e);
  if (plain.is('__lambda__')) return true;
  if (plain.size != 6) return false;
  let i: usize = 0;
  while (i < 6 && (plain.at(i) | 0x20) == <u32>load<u16>(changetype<usize>('lambda') + (i << 1))) i++;
  return i == 6;
}

function judgeFunction(entry: Entry): void {
  const name = entry.target;
  if (name === null) {
    tell(KERAS_CUSTOM_OBJECT, entry, 'names a function in a way that Keras does not write', null);
    return;
  }
  const kind = moduleKind(entry.module);
  const fromKeras = kind == NO_MODULE || kind == BUILTINS || kind == KERAS_MODULE || kind == LIBRARY_MODULE;
  if (!fromKeras || (kindsOf(name.after(0x3e)) & FUNCTION) == 0 || !isOwnPackage(name)) foreign(entry, name);
  else judgeRegistered(entry, name);
}

function judgeClass(entry: Entry, name: Text): void {
  const plain = name.after(0x3e), kinds = kindsOf(plain), kind = moduleKind(entry.module);
  const fromLibrary = kind == LIBRARY_MODULE || (kind == NO_MODULE && isLibraryPackage(name));
  const known = (kinds & CLASS) != 0 || (fromLibrary && (kinds & LIBRARY) != 0);
  const fromKeras = kind == NO_MODULE || kind == KERAS_MODULE || kind == LIBRARY_MODULE;
  if (!fromKeras || !known || !isOwnPackage(name)) foreign(entry, name);
  else judgeRegistered(entry, name);
}

/** What a name is registered as decides too: old versions of Keras look that up where the name fails. */
function judgeRegistered(entry: Entry, name: Text): void {
  const registered = entry.registered;
  if (registered === null || registered.size == 0 || registered.is('function')) return;
  if (!isOwnPackage(registered) || !sameBytes(registered.after(0x3e), name.after(0x3e))) foreign(entry, registered);
}

/** What a type is called, and that it is TensorFlow's. */
function judgeSpec(entry: Entry): void {
  const spec = entry.spec, kind = moduleKind(entry.module);
  if (spec === null) return;
  const trusted = kind == NO_MODULE || kind == TENSORFLOW || kind == KERAS_MODULE;
  if (!trusted || (kindsOf(spec) & SPEC) == 0) foreign(entry, spec);
  else judgeRegistered(entry, spec);
}

/** A function of TensorFlow's public interface, by its name: `math.add`, `compat.v1.transpose`. */
function judgeSymbol(entry: Entry): void {
  const inner = entry.inner;
  const symbol: Text | null = inner === null ? null : inner.symbol;
  if (symbol === null) {
    tell(KERAS_CUSTOM_OBJECT, entry, 'calls a function of TensorFlow that it does not name', null);
    return;
  }
  const plain = symbol.startsWith('compat.v1.') || symbol.startsWith('compat.v2.') ? symbol.part(10, symbol.size) : symbol;
  const last = plain.after(0x2e), kinds = kindsOf(last);
  if ((kinds & DANGEROUS) == 0 && (computes(plain) || (plain.size == last.size && (kinds & SYMBOL) != 0))) return;
  if (plain.startsWith('keras.') && (kinds & FUNCTION) != 0) return;
  const bad = (kinds & DANGEROUS) != 0 || plain.startsWith('io.') || plain.startsWith('raw_ops.');
  tell(bad ? KERAS_FUNCTION : KERAS_CUSTOM_OBJECT, entry, bad
    ? 'calls a function of TensorFlow that runs code or reaches files or the network'
    : 'calls a function of TensorFlow that this scanner does not know', symbol);
}

/** Namespaces of TensorFlow without files, network, Python functions or plug-ins. */
function computes(name: Text): bool {
  return name.startsWith('math.') || name.startsWith('nn.') || name.startsWith('linalg.') || name.startsWith('image.')
    || name.startsWith('signal.') || name.startsWith('strings.') || name.startsWith('random.') || name.startsWith('bitwise.')
    || name.startsWith('sparse.') || name.startsWith('ragged.') || name.startsWith('sets.') || name.startsWith('dtypes.')
    || name.startsWith('quantization.') || name.startsWith('experimental.numpy.') || name.startsWith('__operators__.');
}

/** An operation of a graph, by its name. */
function judgeOperation(entry: Entry): void {
  const inner = entry.inner;
  const node: Entry | null = inner === null ? null : inner.node;
  const op: Text | null = node === null ? null : node.op;
  if (op !== null && (kindsOf(op) & OP) != 0) return;
  const bad = op !== null && (kindsOf(op) & DANGEROUS) != 0;
  tell(bad ? KERAS_FUNCTION : KERAS_CUSTOM_OBJECT, entry, bad
    ? 'holds an operation that runs code or reaches files'
    : 'holds an operation of TensorFlow that this scanner does not know', op);
}

/** Neither Keras' own nor harmless: how bad? */
function foreign(entry: Entry, name: Text): void {
  const plain = name.after(0x3e), module = entry.module, kind = moduleKind(module);
  let bad = (kindsOf(plain) & DANGEROUS) != 0;
  if (module !== null && kind != BUILTINS && (flagsOf(module.ptr, module.size, plain.ptr, plain.size) & DANGEROUS_GLOBAL) != 0) bad = true;
  if (bad) tell(KERAS_FUNCTION, entry, 'names something that runs code, reaches files or the network or changes what is allowed', name);
  else if (hasGraph) return;
  else if (kind >= TENSORFLOW) tell(KERAS_CUSTOM_OBJECT, entry, 'takes something from a module that is not part of Keras', name);
  else tell(KERAS_CUSTOM_OBJECT, entry, 'is of a kind that Keras does not have: it needs code from elsewhere', name);
}

/** `Custom>` stands before some of Keras' own names too: early versions registered optimizers like this. */
function isOwnPackage(name: Text): bool {
  const sign = name.lastIndexOf(0x3e);
  if (sign < 0) return true;
  const pack = name.part(0, <usize>sign);
  return pack.is('Custom') || pack.is('keras') || pack.is('Keras') || pack.is('tf_keras') || isLibraryPackage(name);
}

function isLibraryPackage(name: Text): bool {
  return name.startsWith('keras_hub>') || name.startsWith('keras_nlp>') || name.startsWith('keras_cv>');
}

/** A finding: which layer, what about it, and the name that it is about. */
export function tell(rule: u32, entry: Entry | null, what: string, name: Text | null): void {
  const before = mark();
  const sentence = newOutput().put('In the configuration of the Keras model, ');
  const layer = layerName(entry);
  if (layer === null) sentence.put('something');
  else sentence.put('`').shown(layer).put('`');
  sentence.byte(0x20).put(what).byte(0x2e);
  report(rule, task, at, sentence, name === null ? null : fullName(entry, name));
  release(before);
}

function layerName(entry: Entry | null): Text | null {
  if (entry === null) return null;
  const inner = entry.inner;
  return inner !== null && inner.layer !== null ? inner.layer : entry.layer;
}

function fullName(entry: Entry | null, name: Text): Text {
  const full: Output = newOutput();
  const module: Text | null = entry === null ? null : entry.module;
  if (module !== null && module.size > 0) full.text(module).byte(0x2e);
  return full.text(name).asText();
}
