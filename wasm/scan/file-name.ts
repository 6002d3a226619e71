// The name of the file being scanned, and what a name says about a content. Names never make anything
// clean: they only decide whether a content that nobody understands is worth a warning.

import { Text, textAt } from '../text';
import { isConfigName, isKerasMetadata } from './config-name';
import { GGUF, JSON_TEXT, KERAS_METADATA, SAFETENSORS, TEMPLATE } from './format-ids';
import { hasWord } from './words';

/** The end of the path that is kept: more than any extension. */
const FILE_NAME_BYTES: usize = 256;

const fileName: usize = memory.data(256);
let fileNameSize: usize = 0;

export function nameFile(ptr: usize, size: usize): void {
  fileNameSize = min(size, FILE_NAME_BYTES);
  memory.copy(fileName, ptr + (size - fileNameSize), fileNameSize);
}

/** Extensions of pickles. (One literal each: a sum of texts would be made in a heap that there is not.) */
const PICKLES = ' pkl pickle p pck pt pth bin ckpt joblib dill sav ';
/** Of other models, and of what models are packed in. */
const MODELS = ' npy npz h5 hdf5 keras onnx pb tflite mar nemo t7 th msgpack engine pdparams ';
/** Whose files may as well be texts. */
const MORE_MODELS = ' dat model params pdiparams pdmodel cbm xgb ubj gguf ggml ggjt safetensors pt2 ';
const PACKED = ' zip tar 7z gz bz2 xz zst lz4 z rar lzma tgz ';

/** Whether something with this name is loaded as a model: a member's name, or of the file where the name is empty. */
export function namedLikeModel(ptr: usize, size: usize): bool {
  return endsWithOneOf(PICKLES, ptr, size) || endsWithOneOf(MODELS, ptr, size)
    || endsWithOneOf(MORE_MODELS, ptr, size) || endsWithOneOf(PACKED, ptr, size);
}

/** Whether a text with this name is out of place. */
export function namedLikeBinary(ptr: usize, size: usize): bool {
  return endsWithOneOf(PICKLES, ptr, size) || endsWithOneOf(MODELS, ptr, size);
}

export function namedLikeMessagePack(ptr: usize, size: usize): bool {
  return endsWithOneOf(' msgpack ', ptr, size);
}

/** The format that whoever loads something of this name expects, and nothing else; 0 without one. */
export function namedFormat(ptr: usize, size: usize): u32 {
  if (endsWithOneOf(' safetensors ', ptr, size)) return SAFETENSORS;
  if (endsWithOneOf(' gguf ', ptr, size)) return GGUF;
  if (endsWithOneOf(' jinja jinja2 j2 ', ptr, size)) return TEMPLATE;
  const at = size == 0 ? fileName : ptr, length = size == 0 ? fileNameSize : size;
  if (isKerasMetadata(at, length)) return KERAS_METADATA;
  return isConfigName(at, length) ? JSON_TEXT : 0;
}

/** Of a member, or of the file where that is empty. */
export function nameOf(ptr: usize, size: usize): Text {
  return size == 0 ? textAt(fileName, fileNameSize) : textAt(ptr, size);
}

export function endsWithJson(ptr: usize, size: usize): bool {
  return endsWithOneOf(' json ', ptr, size);
}

export function namedLikeKeras(ptr: usize, size: usize): bool {
  return endsWithOneOf(' keras ', ptr, size);
}

export function namedLikePickle(ptr: usize, size: usize): bool {
  return endsWithOneOf(PICKLES, ptr, size);
}

function endsWithOneOf(words: string, ptr: usize, size: usize): bool {
  if (size == 0) {
    ptr = fileName;
    size = fileNameSize;
  }
  let dot = size;
  while (dot > 0 && load<u8>(ptr + dot - 1) != 0x2e && load<u8>(ptr + dot - 1) != 0x2f) dot--;
  if (dot == 0 || load<u8>(ptr + dot - 1) != 0x2e) return false;
  return hasWord(words, ptr + dot, size - dot);
}
