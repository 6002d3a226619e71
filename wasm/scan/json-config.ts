// The JSON files of a repository that decide which code is run: configurations of transformers, diffusers,
// sentence-transformers and PEFT. Looks for references to Python code, and judges chat templates. Only
// files whose names say that a loader reads them come here (config-name.ts); others cost nothing.

import { mark, release } from '../abi';
import { FORMAT_INVALID } from '../../build/generated/status';
import {
  CONFIG_BROKEN, REPOSITORY_CODE, REPOSITORY_FOREIGN_CODE, REPOSITORY_TRUST,
} from '../../build/generated/scan-rules';
import {
  close, enter, nextElement, nextKey, openLoosely, peek, place, readString, readWord, skipValue,
} from '../json/reader';
import { newOutput } from '../output';
import { begin, ok, problemSentence } from '../problem';
import { Text } from '../text';
import { isModelIndex, isModuleList } from './config-name';
import { isPipelineLibrary } from './diffusers';
import { nameOf } from './file-name';
import { report, reportPlain } from './findings';
import { judgeTemplate } from './jinja/judge';
import { judgeKerasConfig } from './keras-config';
import { isKerasConfig } from './keras-sniff';
import { addNeed } from './needs';
import { DONE, MORE, Task } from './task';
import { whole, wholeAt } from './whole';

/** Bytes: chat templates and lists of labels make the largest honest ones a few megabytes. */
const MAX_CONFIG_BYTES: u64 = 16 * 1024 * 1024;
/** References and templates of one file that are reported or judged. */
const MAX_FOUND = 64;

let task: Task = changetype<Task>(0);
let found = 0;
/** Which of the two special shapes the file has. */
let isIndex = false;
let isList = false;

export function stepJsonConfig(owner: Task): u32 {
  task = owner;
  const size = task.left;
  if (size > MAX_CONFIG_BYTES) {
    reportPlain(CONFIG_BROKEN, task, task.pos, 'The configuration is larger than 16 MiB.');
    return DONE;
  }
  if (!whole(task, <usize>size)) return task.ended ? DONE : MORE;
  const before = mark();
  judge(<usize>size);
  release(before);
  return DONE;
}

function judge(size: usize): void {
  if (isKerasConfig(wholeAt, size)) judgeKerasConfig(task, task.pos, wholeAt, size);
  found = 0;
  const name = nameOf(task.name, task.nameSize);
  isIndex = isModelIndex(name);
  isList = isModuleList(name);
  begin();
  openLoosely(wholeAt, size, FORMAT_INVALID);
  readValue(true);
  close();
  if (!ok()) report(CONFIG_BROKEN, task, task.pos, problemSentence());
}

function readValue(isTop: bool): void {
  const byte = peek();
  if (byte == 0x7b) readObject(isTop);
  else if (byte == 0x5b) readList();
  else skipValue();
}

function readList(): void {
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) readValue(false);
}

function readObject(isTop: bool): void {
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) readMember(key, isTop);
}

/** Anywhere in the file: models are configured inside models. */
function readMember(key: Text, isTop: bool): void {
  if (key.is('auto_map')) readReferences(false);
  else if (key.is('custom_pipelines')) readReferences(true);
  else if (key.is('auto_mapping')) readMapping();
  else if (key.is('trust_remote_code')) readTrust();
  else if (key.is('chat_template') || key.is('chat_templates')) readTemplates();
  else if (key.is('_attn_implementation') || key.is('attn_implementation')) readKernel();
  else if (isList && key.is('type')) readModule();
  else if (isTop && isIndex) readComponent(key);
  else readValue(false);
}

/** Every text below: "module.Class", "other/repository--module.Class", or a list of them. */
function readReferences(isPipeline: bool): void {
  const byte = peek();
  if (byte == 0x22) return judgeReference(readString());
  if (byte == 0x5b) {
    enter(byte);
    for (let first = true; nextElement(first); first = false) readReferences(isPipeline);
  } else if (byte == 0x7b) {
    enter(byte);
    for (let key = nextKey(true); key !== null; key = nextKey(false)) {
      // A pipeline's other texts are its kind and classes of the library.
      const isText = isPipeline && (key.is('pt') || key.is('tf') || key.is('type') || key.is('default'));
      if (isText) skipValue();
      else readReferences(isPipeline);
    }
  } else {
    skipValue();
  }
}

function judgeReference(name: Text): void {
  if (!ok() || name.size == 0) return;
  if (holds(name, 0x2d2d)) accuse(REPOSITORY_FOREIGN_CODE, 'The configuration names Python code of another repository.', name);
  else {
    accuse(REPOSITORY_CODE, 'The configuration names Python code of its own, which is run when remote code is trusted.', name);
    addNeed(fileOf(name));
  }
}

/** "module.Class" lies in module.py. */
function fileOf(name: Text): Text {
  const dot = name.lastIndexOf(0x2e), file = newOutput(name.size + 4);
  const size = dot < 0 ? name.size : <usize>dot;
  for (let i: usize = 0; i < size; i++) file.byte(name.at(i) == 0x2e ? 0x2f : name.at(i));
  return file.put('.py').asText();
}

/** Of PEFT: the module is imported whoever it belongs to. */
function readMapping(): void {
  if (peek() != 0x7b) return skipValue();
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    if (!key.is('parent_library') || peek() != 0x22) {
      skipValue();
      continue;
    }
    const library = readString();
    if (ok() && !belongs(library, 'transformers') && !belongs(library, 'peft') && !belongs(library, 'diffusers')) {
      accuse(REPOSITORY_CODE, 'The adapter is loaded by a Python module that is imported by its name.', library);
    }
  }
}

function readTrust(): void {
  if (peek() != 0x74) return skipValue();
  readWord();
  if (ok()) accuse(REPOSITORY_TRUST, 'The configuration asks for remote code to be trusted.', null);
}

/** One template, a list of { name, template }, or templates by name. */
function readTemplates(): void {
  const byte = peek();
  if (byte == 0x22) {
    const at = task.pos + <u64>(place() - wholeAt);
    const template = readString();
    if (ok() && found++ < MAX_FOUND) judgeTemplate(task, at, template);
  } else if (byte == 0x5b) {
    enter(byte);
    for (let first = true; nextElement(first); first = false) readTemplates();
  } else if (byte == 0x7b) {
    enter(byte);
    for (let key = nextKey(true); key !== null; key = nextKey(false)) readTemplates();
  } else {
    skipValue();
  }
}

/** "organisation/kernel": compiled code that is fetched from a hub. */
function readKernel(): void {
  if (peek() != 0x22) return readValue(false);
  const name = readString();
  if (ok() && name.indexOf(0x2f) >= 0) accuse(REPOSITORY_FOREIGN_CODE, 'The configuration names compiled code of another repository.', name);
}

/** Of sentence-transformers' modules.json. */
function readModule(): void {
  if (peek() != 0x22) return readValue(false);
  const name = readString();
  if (ok() && !belongs(name, 'sentence_transformers')) judgeReference(name);
}

/** Of diffusers' model_index.json: [library, class]; `_class_name` is a list where it is code of the repository. */
function readComponent(key: Text): void {
  if (peek() != 0x5b) return readValue(false);
  const isPipeline = key.is('_class_name');
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    if (!first || peek() != 0x22) {
      readValue(false);
      continue;
    }
    const library = readString();
    if (ok() && (isPipeline || !isPipelineLibrary(library))) judgeReference(library);
  }
}

/** The package itself, or something in it. */
function belongs(name: Text, library: string): bool {
  const length = <usize>library.length;
  return name.startsWith(library) && (name.size == length || name.at(length) == 0x2e);
}

function holds(text: Text, pair: u32): bool {
  for (let i: usize = 0; i + 1 < text.size; i++) if (<u32>load<u16>(text.ptr + i) == pair) return true;
  return false;
}

function accuse(rule: u32, words: string, name: Text | null): void {
  if (found++ < MAX_FOUND) report(rule, task, task.pos + <u64>(place() - wholeAt), newOutput().put(words), name);
}
