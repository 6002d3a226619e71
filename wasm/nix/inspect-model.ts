// `inspectModel path`: what a model file holds, with the names and numbers of `nix-ai-model inspect` and of
// the plugin's builtins.inspectModel (nix/plugin/inspect-model.cc).

import { gguf } from '../gguf';
import { Value } from '../json/value';
import { safetensors, safetensorssize } from '../safetensors';
import { inspectopen } from '../scan/session';
import { Text, textAt } from '../text';
import { Attributes, newAttributes } from './attributes';
import { content, contentSize, nameOf, openFile } from './file';
import { makeInt } from './host';
import { runMachine } from './machine';
import { makeValue, treeOf } from './make-value';
import { putTotals } from './totals';
import { makeTensors } from './tensors';

/** Of the length that stands before a safetensors header. */
const LENGTH_BYTES: usize = 8;

export function inspectModel(argument: u32): u32 {
  openFile(argument, 'inspectModel');
  const name = nameOf(argument);
  if (isGguf() || name.endsWith('.gguf')) return describeGguf(name);
  if (looksLikeSafetensors() || name.endsWith('.safetensors')) return describeSafetensors(name);
  return describeParts(argument);
}

/** Formats whose description is spread over the file: arrays, archives, ONNX. */
function describeParts(argument: u32): u32 {
  const name = nameOf(argument);
  inspectopen(name.ptr, name.size, contentSize);
  const record = runMachine();
  // Once more: the machine has emptied the arena.
  const found = treeOf(record, nameOf(argument));
  const attributes = newAttributes(16);
  putMember(attributes, found, 'version', 'version');
  putMember(attributes, found, 'headerBytes', 'headerBytes');
  putMember(attributes, found, 'trailing', 'trailing');
  return describe(attributes, found);
}

function isGguf(): bool {
  return contentSize >= 4 && textAt(content, 4).is('GGUF');
}

/** A length that fits into the file and a JSON object behind it: no other known format begins so. */
function looksLikeSafetensors(): bool {
  if (contentSize <= LENGTH_BYTES) return false;
  const length = load<u64>(content);
  if (length < 2 || length > <u64>(contentSize - LENGTH_BYTES)) return false;
  const end = min(contentSize, LENGTH_BYTES + 32);
  for (let i = LENGTH_BYTES; i < end; i++) {
    const byte = <u32>load<u8>(content + i);
    if (byte != 0x20 && byte != 0x09 && byte != 0x0a && byte != 0x0d) return byte == 0x7b;
  }
  return false;
}

function describeGguf(name: Text): u32 {
  const found = treeOf(gguf(content, contentSize, contentSize), name);
  const attributes = newAttributes(16);
  putMember(attributes, found, 'version', 'version');
  putMember(attributes, found, 'dataStart', 'headerBytes');
  putMember(attributes, found, 'trailing', 'trailing');
  return describe(attributes, found);
}

function describeSafetensors(name: Text): u32 {
  const reply = safetensorssize(content, contentSize, contentSize);
  const headerBytes: i64 = load<u32>(reply) == 0 ? load<i64>(load<u32>(reply, 4)) : 0;
  const found = treeOf(safetensors(content, contentSize, contentSize), name);
  const attributes = newAttributes(16);
  attributes.put('headerBytes', makeInt(headerBytes)).put('trailing', makeInt(0));
  return describe(attributes, found);
}

/** What all formats have. */
function describe(attributes: Attributes, found: Value): u32 {
  const tensors = changetype<Value>(found.member('tensors'));
  putMember(attributes, found, 'format', 'format');
  putMember(attributes, found, 'metadata', 'metadata');
  const bytes = found.member('bytes');
  const parameters = changetype<Value>(found.member('parameters'));
  // A storage that tensors share counts once; in safetensors, whose data has no other part, none is shared.
  putTotals(attributes, tensors, parameters, bytes !== null ? bytes : changetype<Value>(found.member('dataSize')));
  return attributes.put('tensorList', makeTensors(tensors)).make();
}

function putMember(to: Attributes, from: Value, name: string, as: string): void {
  const value = from.member(name);
  if (value !== null) to.put(as, makeValue(value));
}
