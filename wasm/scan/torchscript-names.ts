// What the words of TorchScript's code mean: which operators of torch reach files or the network, and
// which come with torch at all. torchscript.ts hands over word after word, and what stands between them.

import { Output } from '../output';
import { Text, textAt } from '../text';

/** What a word is found to be. */
export const NOTHING: u32 = 0;
export const MALICIOUS_CALL: u32 = 1;
/** An operator or a class of a library that somebody has to load. */
export const FOREIGN: u32 = 2;
/** Code that does not show what it calls. */
export const HIDDEN: u32 = 3;

/** What a dotted name begins with. */
const OTHER: u32 = 0;
const TORCH: u32 = 1;
const OPS: u32 = 2;
const MODULES: u32 = 3;

const NAME_BYTES: usize = 128;

/** The dotted name up to here. */
const name: usize = memory.data(128);
let nameSize: usize = 0;
let root: u32 = OTHER;
let depth: u32 = 0;
let isSelf = false;
let afterDot = false;
/** `torch` or `ops` has just ended: a dot must follow. */
let mustGoOn = false;
/** `.save` has just ended, of an object of the model. */
let maySave = false;
/** A statement with `getattr` is being read; brackets that are open. */
let inGetattr = false;
let brackets: i32 = 0;
let isBytecode = false;
/** The spaces that the name goes through so far, as far as they matter. */
let inClasses = false;
let isOwnSpace = false;

export function beginNames(bytecode: bool): void {
  nameSize = 0;
  root = OTHER;
  depth = 0;
  isSelf = false;
  afterDot = false;
  mustGoOn = false;
  maySave = false;
  inGetattr = false;
  brackets = 0;
  isBytecode = bytecode;
}

/** A word begins a name of its own: the one before it has ended. */
export function beforeWord(): u32 {
  if (afterDot) return NOTHING;
  const hides = mustGoOn || (maySave && !isSelf);
  mustGoOn = false;
  maySave = false;
  return hides ? HIDDEN : NOTHING;
}

/** A word has ended. */
export function judgeWord(ptr: usize, size: usize): u32 {
  const word = textAt(ptr, size);
  if (!afterDot) {
    start(word);
    return reaches(word) ? MALICIOUS_CALL : NOTHING;
  }
  afterDot = false;
  depth++;
  append(word);
  if (means(word, 'from_file') || reaches(word)) return MALICIOUS_CALL;
  if (root == TORCH) return judgeTorch(word);
  if (root == OPS) return judgeOperator(word);
  if (root == MODULES) return judgeModule(word);
  maySave = word.is('save');
  isSelf = isSelf && depth == 1;
  return NOTHING;
}

function start(word: Text): void {
  nameSize = 0;
  depth = 0;
  isSelf = word.is('self');
  inClasses = false;
  if (isBytecode) {
    root = word.endsWith('aten') ? TORCH : word.endsWith('image') ? OPS : OTHER;
    depth = root == OPS ? 1 : 0;
  } else root = word.is('torch') ? TORCH : word.is('ops') ? OPS : word.is('__torch__') ? MODULES : OTHER;
  mustGoOn = !isBytecode && (root == TORCH || root == OPS);
  if (word.is('getattr')) inGetattr = true;
  append(word);
}

/** In the texts of a pickle an opcode may follow the word without a gap. */
function means(word: Text, literal: string): bool {
  if (!isBytecode) return word.is(literal);
  const length = <usize>literal.length;
  if (!word.startsWith(literal)) return false;
  nameSize -= min(nameSize, word.size - length);
  return true;
}

function append(word: Text): void {
  const size = min(word.size, NAME_BYTES - nameSize);
  if (nameSize > 0 && nameSize < NAME_BYTES) {
    store<u8>(name + nameSize++, 0x2e);
    memory.copy(name + nameSize, word.ptr, min(size, NAME_BYTES - nameSize));
    nameSize = min(NAME_BYTES, nameSize + size);
  } else if (nameSize == 0) {
    memory.copy(name, word.ptr, size);
    nameSize = size;
  }
}

/** A byte that is in no word: a dot goes on with the name, and others end it. */
export function judgeCall(byte: u32): u32 {
  const isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d || byte == 0x5c;
  if (byte == 0x28 || byte == 0x5b || byte == 0x7b) brackets++;
  else if (byte == 0x29 || byte == 0x5d || byte == 0x7d) brackets--;
  else if (byte == 0x0a && brackets <= 0) inGetattr = false;
  if (byte == 0x2e) {
    // What stands before it may be a call or a text.
    afterDot = true;
    mustGoOn = false;
    maySave = false;
    return NOTHING;
  }
  if (isBlank) return NOTHING;
  const saves = maySave && (byte == 0x28 || !isSelf), alone = mustGoOn;
  maySave = false;
  mustGoOn = false;
  afterDot = false;
  root = OTHER;
  isSelf = false;
  return saves || alone ? HIDDEN : NOTHING;
}

/** Calls on other machines. */
function reaches(word: Text): bool {
  return means(word, 'rpc_async') || means(word, 'rpc_sync') || means(word, 'rpc_remote');
}

function judgeTorch(word: Text): u32 {
  if (depth == 1) {
    inClasses = word.is('classes');
    return means(word, 'save') ? MALICIOUS_CALL : NOTHING;
  }
  return depth == 2 && inClasses && !hasClasses(word) ? FOREIGN : NOTHING;
}

/** `ops.<space>.<operator>` */
function judgeOperator(word: Text): u32 {
  if (depth == 1) {
    isOwnSpace = word.is('aten');
    return hasOperators(word) ? NOTHING : FOREIGN;
  }
  if (depth > 2) return NOTHING;
  const touchesFiles = means(word, 'read_file') || means(word, 'write_file') || (isOwnSpace && word.is('save'));
  return touchesFiles || word.is('PythonOp') ? MALICIOUS_CALL : NOTHING;
}

/** `__torch__.torch.classes.<space>.<class>`: all others are the model's own. */
function judgeModule(word: Text): u32 {
  if (depth == 1) inClasses = word.is('torch');
  else if (depth == 2) inClasses = inClasses && word.is('classes');
  else if (depth == 3 && inClasses && !hasClasses(word)) return FOREIGN;
  return NOTHING;
}

/** Spaces of operators that come with torch and torchvision, and compute. */
function hasOperators(space: Text): bool {
  return space.is('aten') || space.is('prim') || space.is('quantized') || space.is('_quantized') || space.is('prepacked')
    || space.is('mkldnn') || space.is('mkldnn_prepacked') || space.is('onednn') || space.is('xnnpack') || space.is('sparse')
    || space.is('cuda') || space.is('profiler') || space.is('inductor') || space.is('quantized_decomposed')
    || space.is('metal_prepacked') || space.is('vulkan_prepacked') || space.is('static_runtime') || space.is('fbgemm')
    || space.is('torchvision') || space.is('image') || space.is('torch_scatter') || space.is('torch_sparse');
}

/** Spaces of classes that come with torch and hold weights or states. */
export function hasClasses(space: Text): bool {
  return space.is('quantized') || space.is('rnn') || space.is('sparse') || space.is('xnnpack') || space.is('mkldnn')
    || space.is('metal') || space.is('vulkan') || space.is('_nnapi') || space.is('profiler');
}

/** A string has ended: in a getattr it is a name like any other. */
export function quotedWord(ptr: usize, size: usize, hasEscape: bool): u32 {
  const word = textAt(ptr, size), isCall = word.is('from_file') || reaches(word);
  const hides = inGetattr && (hasEscape || word.is('save'));
  if (!isCall && !hides) return NOTHING;
  nameSize = 0;
  append(word);
  return isCall ? MALICIOUS_CALL : HIDDEN;
}

/** The sentence for a finding, and the name that it is about. */
export function explainName(what: u32, words: Output, about: Output): void {
  const text = textAt(name, nameSize);
  about.text(text);
  if (what == MALICIOUS_CALL) words.put('Calls an operator that reads or writes files or talks to a network: ').shown(text);
  else if (what == FOREIGN) words.put('Uses operators or classes of a library that is not torch: ').shown(text);
  else words.put('Does not show which operator it calls: ').shown(text);
}
