// Raw weights under names of pickles, with the file beside them that says what they are: OpenVINO, ncnn, Core
// ML, MLC. Only content that was tried as a pickle, and is none, has the format `unknown`.

import { RAW_WEIGHTS, UNKNOWN_FORMAT } from '../../../build/generated/scan-rules';
import { newOutput } from '../../output';
import { isDigit, Text } from '../../text';
import { answer } from './report';
import { directoryOf, findRow, Row, rows } from './rows';

export function judgeWeights(): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i);
    if (!row.format.is('unknown') || !row.path.endsWith('.bin')) continue;
    const stem = row.path.part(0, row.path.size - 4);
    if (hasFormat(stem, '.xml', 'openvino')) explain(row, 'Holds the raw weights of the OpenVINO graph beside it.');
    else if (hasFormat(stem, '.param', 'ncnn')) explain(row, 'Holds the raw weights of the ncnn graph beside it.');
    else if (isCoreMl(row.path)) explain(row, 'Holds the raw weights of a Core ML package.');
    else if (isMlcShard(row.path)) explain(row, 'Holds raw weights that the list beside it names.');
  }
}

function explain(row: Row, words: string): void {
  answer(RAW_WEIGHTS, row, newOutput().put(words), UNKNOWN_FORMAT);
}

function hasFormat(stem: Text, extension: string, format: string): bool {
  const row = findRow(newOutput(stem.size + 8).text(stem).put(extension).asText());
  return row !== null && row.format.is(format);
}

/** `….mlpackage/Data/com.apple.CoreML/weights/weight.bin`, and of a compiled model `….mlmodelc/weights/weight.bin`. */
function isCoreMl(path: Text): bool {
  const weights = directoryOf(path);
  if (!weights.endsWith('/weights')) return false;
  const model = directoryOf(weights);
  return model.endsWith('.mlpackage/Data/com.apple.CoreML') || model.endsWith('.mlmodelc');
}

/** `params_shard_12.bin` beside the list of shards. */
function isMlcShard(path: Text): bool {
  const name = path.after(0x2f);
  if (!name.startsWith('params_shard_')) return false;
  for (let i: usize = 13; i + 4 < name.size; i++) if (!isDigit(name.at(i))) return false;
  return isBeside(path, 'ndarray-cache.json') || isBeside(path, 'tensor-cache.json');
}

function isBeside(path: Text, name: string): bool {
  const directory = directoryOf(path), sibling = newOutput(path.size + 32).text(directory);
  return findRow((directory.size > 0 ? sibling.byte(0x2f) : sibling).put(name).asText()) !== null;
}
