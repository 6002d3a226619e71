// Files, whole in memory: the host interface reads no parts.

import { FORMAT_LIMIT, IO, SPEC_INVALID } from '../../build/generated/status';
import { allocate, reserve } from '../abi';
import { newOutput } from '../output';
import { begin, problem } from '../problem';
import { literal, Text, textAt } from '../text';
import { failNow } from './failure';
import { copyPath, copyString, getType, PATH, readFile, STRING } from './host';

/** Bytes. A memory has 4 GiB; the rest of it is for the work. */
const MAX_FILE_BYTES: usize = 0xf000_0000;
/** Nearly every path and text fits. */
const FIRST_COPY_BYTES: usize = 256;

/** The content, in reserved memory: it stays when the arena is emptied. */
export let content: usize = 0;
export let contentSize: usize = 0;

/** Reads a model; `who` is called so in the error where the argument is neither path nor string. */
export function openFile(argument: u32, who: string): void {
  const type = getType(argument);
  if (type != PATH && type != STRING) {
    begin();
    problem(SPEC_INVALID).remedy(literal('Give a path, or a string that names one.'))
      .message.put(who).put(' takes the path of a file');
    failNow(null);
  }
  contentSize = sizeOf(argument);
  content = reserve(contentSize);
  read(argument, content, contentSize);
}

/** A small file, in the arena. */
export function readText(path: u32): Text {
  const size = sizeOf(path);
  const text = textAt(allocate(size), size);
  read(path, text.ptr, size);
  return text;
}

function sizeOf(path: u32): usize {
  const size = readFile(path, 0, 0);
  if (size > MAX_FILE_BYTES) refuseSize(path, size);
  return size;
}

function read(path: u32, to: usize, size: usize): void {
  if (readFile(path, to, size) == size) return;
  begin();
  problem(IO).subject(nameOf(path)).message.put('The file changed while it was read');
  failNow(null);
}

function refuseSize(path: u32, size: usize): void {
  begin();
  const made = problem(FORMAT_LIMIT).subject(nameOf(path));
  made.message.put('The file is too large to be looked at through `builtins.wasm`, which reads files whole');
  made.wanted(newOutput().put('at most ').number(MAX_FILE_BYTES).put(' bytes').asText());
  made.found(newOutput().number(size).asText());
  made.remedy(literal('`nix-ai-model inspect` and `nix-ai-model scan` have no such limit; nor has the plugin.'));
  failNow(null);
}

/** The path as a text. */
export function nameOf(argument: u32): Text {
  return getType(argument) == PATH ? pathText(argument) : stringText(argument);
}

function pathText(value: u32): Text {
  const room = allocate(FIRST_COPY_BYTES);
  const size = copyPath(value, room, FIRST_COPY_BYTES);
  if (size <= FIRST_COPY_BYTES) return textAt(room, size);
  const more = allocate(size);
  copyPath(value, more, size);
  return textAt(more, size);
}

export function stringText(value: u32): Text {
  const room = allocate(FIRST_COPY_BYTES);
  const size = copyString(value, room, FIRST_COPY_BYTES);
  if (size <= FIRST_COPY_BYTES) return textAt(room, size);
  const more = allocate(size);
  copyString(value, more, size);
  return textAt(more, size);
}
