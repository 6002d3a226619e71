// What a pickle has named: each (module, name) once, with what is known about it and whether it was
// called. Findings about names are written at the end of the pickle, because only then is it clear
// whether "names os.system" or "calls os.system" is the truth.

import { mark, release, reserve } from '../abi';
import { newOutput, Output } from '../output';
import { ALLOWED, BUILD, DANGEROUS, SUSPICIOUS } from '../../build/generated/pickle-names';
import {
  PICKLE_DANGEROUS_CALL, PICKLE_DANGEROUS_GLOBAL, PICKLE_HIDDEN_GLOBAL, PICKLE_LIBRARY_GLOBAL, PICKLE_UNKNOWN_GLOBAL,
} from '../../build/generated/scan-rules';
import { report } from '../scan/findings';
import { hashBytes } from '../scan/hash64';
import { Task } from '../scan/task';
import { flagsOf, newModule, newModuleSize, newName, newNameSize, rename } from './names';

/** Different names in one pickle: the largest honest ones have some hundred. */
const MAX_GLOBALS: u32 = 4096;
/** Bytes of those names. */
const NAMES_BYTES: usize = 512 * 1024;

/** Bits beside those of pickle-names.ts. */
const DOTTED: u32 = 1 << 16;
const MAPPED: u32 = 1 << 17;

@unmanaged
export class Global {
  hash: u64;
  /** Where it was first named and first called, in the task's source. */
  namedAt: u64;
  calledAt: u64;
  module: usize;
  moduleSize: usize;
  name: usize;
  nameSize: usize;
  flags: u32;
  called: bool;
}

let table: usize = 0;
let names: usize = 0;
let namesSize: usize = 0;
export let globalCount: u32 = 0;
/** Whether something known to be dangerous has been named since there were so many names. */
export function dangerSince(count: u32): bool {
  for (let i = count; i < globalCount; i++) if (globalAt(i).flags & DANGEROUS) return true;
  return false;
}

/** TorchScript's classes stand in the same archive, as code that its own loader compiles and Python never runs. */
let scripted: bool = false;

export function expectScript(yes: bool): void {
  scripted = yes;
}

/** `__torch__` or anything below. */
function isScriptModule(module: usize, size: usize): bool {
  return scripted && size >= 9 && memory.compare(module, SCRIPT_MODULE, 9) == 0 && (size == 9 || load<u8>(module + 9) == 0x2e);
}

const SCRIPT_MODULE: usize = memory.data<u8>([0x5f, 0x5f, 0x74, 0x6f, 0x72, 0x63, 0x68, 0x5f, 0x5f]);

/** Forgets the names that something named which was no pickle after all. */
export function forgetGlobals(count: u32): void {
  globalCount = count;
}

export function openGlobals(): void {
  if (table == 0) {
    table = reserve(<usize>MAX_GLOBALS * offsetof<Global>());
    names = reserve(NAMES_BYTES);
  }
  namesSize = 0;
  globalCount = 0;
}

@inline
export function globalAt(number: u32): Global {
  return changetype<Global>(table + <usize>number * offsetof<Global>());
}

/** The number of a name, new or known; MAX_GLOBALS where there are too many. */
export function noteGlobal(
  module: usize, moduleSize: usize, name: usize, nameSize: usize, protocol: u32, pos: u64,
): u32 {
  const old = protocol < 3;
  let hash = hashBytes(name, nameSize, hashBytes(module, moduleSize) + (old ? 1 : 0));
  for (let i: u32 = 0; i < globalCount; i++) {
    const known = globalAt(i);
    if (known.hash == hash && known.moduleSize == moduleSize && known.nameSize == nameSize
      && ((known.flags & MAPPED) != 0) == old && memory.compare(known.module, module, moduleSize) == 0
      && memory.compare(known.name, name, nameSize) == 0) return i;
  }
  if (globalCount == MAX_GLOBALS || namesSize + moduleSize + nameSize > NAMES_BYTES) return MAX_GLOBALS;
  const added = globalAt(globalCount);
  added.hash = hash;
  added.namedAt = pos;
  added.called = false;
  added.module = keep(module, moduleSize);
  added.moduleSize = moduleSize;
  added.name = keep(name, nameSize);
  added.nameSize = nameSize;
  added.flags = judge(added, old);
  return globalCount++;
}

export function isTooMany(number: u32): bool {
  return number == MAX_GLOBALS;
}

function keep(ptr: usize, size: usize): usize {
  const to = names + namesSize;
  memory.copy(to, ptr, size);
  namesSize += size;
  return to;
}

/** Both what the stream says and, below protocol 3, what Python 3 makes of it must be harmless. */
function judge(global: Global, old: bool): u32 {
  const said = flagsOf(global.module, global.moduleSize, global.name, global.nameSize);
  let flags = isScriptModule(global.module, global.moduleSize) ? ALLOWED | BUILD : said;
  if (old && rename(global.module, global.moduleSize, global.name, global.nameSize)) {
    const meant = flagsOf(newModule, newModuleSize, newName, newNameSize);
    flags = worse(said, meant);
  }
  if (old) flags |= MAPPED;
  for (let i: usize = 0; i < global.nameSize; i++) {
    if (load<u8>(global.name + i) == 0x2e) return (flags & ~ALLOWED) | DOTTED | DANGEROUS;
  }
  return flags;
}

/** A Python 2 name that only its new spelling vouches for is not vouched for by itself. */
function worse(a: u32, b: u32): u32 {
  if ((a | b) & DANGEROUS) return DANGEROUS;
  if ((a & ALLOWED) == 0 || (b & ALLOWED) == 0) return (a | b) & SUSPICIOUS;
  return b;
}

/** One finding for each name that is not allowed. */
export function reportGlobals(task: Task): void {
  for (let i: u32 = 0; i < globalCount; i++) {
    const global = globalAt(i);
    if (global.flags & ALLOWED) continue;
    const before = mark();
    const full = newOutput().bytes(global.module, global.moduleSize).byte(0x2e).bytes(global.name, global.nameSize);
    report(ruleOf(global), task, global.called ? global.calledAt : global.namedAt, explain(global, full), full.asText());
    release(before);
  }
}

function ruleOf(global: Global): u32 {
  if (global.flags & DOTTED) return PICKLE_HIDDEN_GLOBAL;
  if (global.flags & DANGEROUS) return global.called ? PICKLE_DANGEROUS_CALL : PICKLE_DANGEROUS_GLOBAL;
  return global.flags & SUSPICIOUS ? PICKLE_LIBRARY_GLOBAL : PICKLE_UNKNOWN_GLOBAL;
}

function explain(global: Global, full: Output): Output {
  const text = newOutput().put(global.called ? 'Calls ' : 'Names ').shown(full.asText());
  const mapped = (global.flags & MAPPED) != 0 && rename(global.module, global.moduleSize, global.name, global.nameSize);
  if (mapped) {
    const now = newOutput().bytes(newModule, newModuleSize).byte(0x2e).bytes(newName, newNameSize);
    text.put(', which is ').shown(now.asText()).put(' in Python 3');
  }
  if (global.flags & DOTTED) return text.put(': a name with a dot reaches whatever the module itself has imported.');
  if (global.flags & DANGEROUS) {
    return text.put(global.called ? ' when it is loaded: that runs code or reaches files or the network.'
      : ', which runs code or reaches files or the network when something calls it.');
  }
  if (global.flags & SUSPICIOUS) return text.put(global.called ? ' when it is loaded: code of that library runs.' : ' of that library.');
  return text.put(global.called ? ' when it is loaded: nobody vouches for that code.' : ': nobody vouches for that code.');
}

/** A name as a text in the arena, for other findings. */
export function fullName(number: u32): Output {
  const global = globalAt(number);
  return newOutput().bytes(global.module, global.moduleSize).byte(0x2e).bytes(global.name, global.nameSize);
}

export function noteCall(number: u32, pos: u64): void {
  const global = globalAt(number);
  if (global.called) return;
  global.called = true;
  global.calledAt = pos;
}

