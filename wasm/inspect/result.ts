// The end of an inspection: everything that was found as JSON (src/core/inspect.ts), or why there is
// nothing to say. Called by session.ts while the arena is empty.

import { FORMAT_INVALID, FORMAT_LIMIT, NO_FILES_MATCH } from '../../build/generated/status';
import { formatName, obstacle, openObstacle, renameFormat } from '../scan/findings';
import { newOutput, Output } from '../output';
import { problem } from '../problem';
import { literal } from '../text';
import { leaveUnread, openContent, unread } from './content';
import { keptAll, openKept } from './kept';
import {
  countParameters, dataBytes, headerBytes, isEndless, openListing, tensorCount, trailingBytes, writeTensors,
} from './listing';
import { OF_MODEL, openMetadata, writeEntries } from './metadata';
import { irVersion, openGraph, writeGraph } from './onnx-graph';
import { openPlaces } from './places';

export function openInspection(): void {
  openKept();
  openListing();
  openMetadata();
  openPlaces();
  openGraph();
  openContent();
  openObstacle();
}

/** The description; nothing but a problem where there is none. */
export function writeInspection(): Output {
  const parameters = countParameters();
  if (obstacle.size == 0) nameArchive();
  if (unread.length > 0) refuse();
  else if (!keptAll) problem(FORMAT_LIMIT).message.put('Describes more tensors than 64 MiB hold');
  else if (obstacle.size > 0) problem(FORMAT_INVALID).message.put('The file cannot be inspected: ').text(obstacle);
  else if (isEndless) problem(FORMAT_LIMIT).message.put('Claims a tensor of more elements or bytes than there can be');
  const json = newOutput(256 + 192 * <usize>min<u64>(tensorCount, 100_000));
  json.put('{"format":"').put(formatName).byte(0x22);
  if (irVersion > 0) json.member('version').number(irVersion);
  json.put(',"metadata":');
  writeMetadata(json);
  json.put(',"tensors":');
  writeTensors(json);
  json.member('parameters').number(parameters).member('bytes').number(dataBytes);
  return json.member('headerBytes').number(headerBytes).member('trailing').number(trailingBytes).byte(0x7d);
}

/** A zip is what its members are. */
function nameArchive(): void {
  if (tensorCount > 0) renameFormat('zip', 'npz');
  else if (formatName == 'zip') leaveUnread('a zip archive without arrays');
}

function writeMetadata(json: Output): void {
  if (irVersion > 0) return writeGraph(json);
  json.byte(0x7b);
  writeEntries(json, OF_MODEL);
  json.byte(0x7d);
}

function refuse(): void {
  const made = problem(NO_FILES_MATCH).found(newOutput().put(unread).asText());
  made.message.put('inspect does not read files of this format');
  made.remedy(literal('inspect reads safetensors, GGUF, npy, npz, zip checkpoints of PyTorch and ONNX.'));
  made.remedy(literal('`nix-ai-model scan` judges every other format, pickles among them.'));
}
