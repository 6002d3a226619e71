// Files of a model's repository that hold plain data, told by how they begin, and programs, which a model
// has no use for. Their readers run nothing that the files name; none of them is read any further here.

import { Text, textAt } from '../text';

export const NOTHING_KNOWN: u32 = 0;
export const PLAIN_DATA: u32 = 1;
export const A_PROGRAM: u32 = 2;

export let knownName: string = '';

export function knownData(ptr: usize, size: usize): u32 {
  if (size < 8) return NOTHING_KNOWN;
  switch (load<u32>(ptr)) {
    case 0x464c457f: return program('elf');
    case 0xfeedface: case 0xfeedfacf: case 0xcefaedfe: case 0xcffaedfe: case 0xbebafeca: return program('mach-o');
    case 0x67676d6c: case 0x67676d66: case 0x67676a74: case 0x67676c61: return data('ggml');
    case 0x2f4f16ba: return data('fasttext');
  }
  if (load<u32>(ptr, 4) == 0x334c4654) return data('tflite'); // TFL3
  if (load<u16>(ptr) == 0x5a4d && isPortableExecutable(ptr, size)) return program('pe');
  if (load<u8>(ptr, 1) == 0x0d && load<u16>(ptr, 2) == 0x0a0d && load<u8>(ptr) >= 0x80) return program('python-bytecode');
  if (isCtranslate2(ptr, size)) return data('ctranslate2');
  const text = textAt(ptr, size);
  if (text.startsWith('7767517\n')) return data('ncnn');
  return isOpenvino(text) ? data('openvino') : NOTHING_KNOWN;
}

function data(name: string): u32 {
  knownName = name;
  return PLAIN_DATA;
}

function program(name: string): u32 {
  knownName = name;
  return A_PROGRAM;
}

/** MZ, and PE where its header says, or further on than can be seen. */
function isPortableExecutable(ptr: usize, size: usize): bool {
  if (size < 64) return false;
  const at = load<u32>(ptr, 60);
  return <usize>at + 4 <= size && at >= 4 ? load<u32>(ptr + at) == 0x00004550 : at < 0x1000 && load<u8>(ptr, 3) == 0;
}

/** A version, then the name of what the model is: `WhisperSpec`, with its length and a zero. */
function isCtranslate2(ptr: usize, size: usize): bool {
  const version = load<u32>(ptr), length = <usize>load<u16>(ptr, 4);
  if (version == 0 || version > 16 || length < 5 || length > 64 || length + 6 > size) return false;
  return load<u8>(ptr + length, 5) == 0 && textAt(ptr + 6, length - 1).endsWith('Spec');
}

/** XML whose outermost element is a net. */
function isOpenvino(text: Text): bool {
  let at: usize = text.startsWith('<?xml') ? <usize>max<isize>(text.indexOf(0x3e), 0) + 1 : 0;
  while (at < text.size && text.at(at) <= 0x20) at++;
  return text.part(at, text.size).startsWith('<net ');
}

/** A map whose first key is a text, as flax writes it: its first two bytes end a pickle before anything runs. */
export function isMessagePack(ptr: usize, size: usize): bool {
  if (size < 4) return false;
  const map = <u32>load<u8>(ptr);
  const key = map == 0xde ? 3 : map == 0xdf ? 5 : map > 0x80 && map < 0x88 ? 1 : 0;
  if (key == 0 || <usize>key + 1 >= size) return false;
  const kind = <u32>load<u8>(ptr + key), first = <u32>load<u8>(ptr + key + (kind == 0xd9 ? 2 : 1));
  return (kind == 0xd9 || (kind > 0xa0 && kind < 0xc0)) && first > 0x20 && first < 0x7f;
}
