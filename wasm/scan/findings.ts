// What a scan has found so far: findings as JSON in reserved memory, the worst severity, counters. A
// file can hold a million bad members; the report holds the first MAX_FINDINGS of them and counts the
// rest.

import { mark, release, reserve } from '../abi';
import { newOutput, Output } from '../output';
import { Text, textAt } from '../text';
import { decodeRune, runeBytes, validUtf8 } from '../utf8';
import {
  ARRAY_HEADER, MALICIOUS, ruleId, ruleRemedy, ruleSeverity, STORAGE_MISMATCH, SUSPICIOUS, UNSCANNABLE,
} from '../../build/generated/scan-rules';
import { openNeeds, writeNeeds } from './needs';
import { Task } from './task';

/** Per file: more than anyone reads. */
const MAX_FINDINGS: u32 = 256;
/** Bytes of all findings of one file. */
const FINDINGS_BYTES: usize = 512 * 1024;
/** Bytes that one finding takes at most: name, global and explanation are cut. */
const FINDING_BYTES: usize = 8 * 1024;

let list: Output = changetype<Output>(0);
/** Bit 1 << severity for every severity that was found. */
let severities: u32 = 0;
let found: u32 = 0;
let omitted: u64 = 0;
/** What the file is: see nameFormat. */
export let formatName: string = '';

export let members: u64 = 0;
export let pickles: u64 = 0;
export let opcodes: u64 = 0;

export function openFindings(): void {
  if (changetype<usize>(list) == 0) {
    list = changetype<Output>(reserve(offsetof<Output>()));
    list.ptr = reserve(FINDINGS_BYTES);
    list.room = FINDINGS_BYTES;
  }
  openNeeds();
  list.size = 0;
  openObstacle();
  severities = 0;
  found = 0;
  omitted = 0;
  members = 0;
  pickles = 0;
  opcodes = 0;
  formatName = '';
}

@inline export function countMember(): void { members++; }
@inline export function countPickle(): void { pickles++; }
@inline export function countOpcodes(count: u64): void { opcodes += count; }

/** What the file is; the outermost format names it. */
export function nameFormat(name: string): void {
  if (formatName.length == 0) formatName = name;
}

/** A more exact name for what was found before. */
export function renameFormat(from: string, to: string): void {
  if (formatName == from) formatName = to;
}

/**
 * Adds a finding about the bytes at `pos` of the task's source. `explain` is a sentence in the arena;
 * `global` is null where none is meant.
 */
export function report(rule: u32, task: Task, pos: u64, explain: Output, global: Text | null = null): void {
  severities |= 1 << ruleSeverity(rule);
  noteObstacle(rule, explain);
  if (found == MAX_FINDINGS || list.room - list.size < FINDING_BYTES) {
    omitted++;
    return;
  }
  found++;
  list.put(list.size > 0 ? ',{' : '{').member('rule').byte(0x22).put(ruleId(rule)).byte(0x22);
  list.member('severity').byte(0x22).put(severityName(ruleSeverity(rule))).byte(0x22);
  if (task.nameSize > 0) list.member('member').quoted(clean(textAt(task.name, task.nameSize)));
  list.member('offset').number(pos - task.from);
  if (global !== null) list.member('global').quoted(clean(global));
  list.member('explanation').quoted(clean(explain.asText()));
  list.member('remedy').quoted(newOutput().put(ruleRemedy(rule)).asText()).byte(0x7d);
}

/** The first reason why the file cannot be read to its end, which is what an inspection asks for. */
export const obstacle: Text = changetype<Text>(memory.data(8));
const OBSTACLE_BYTES: usize = 256;
const obstacleText: usize = memory.data(256);

export function openObstacle(): void {
  obstacle.ptr = obstacleText;
  obstacle.size = 0;
}

function noteObstacle(rule: u32, explain: Output): void {
  const stops = ruleSeverity(rule) == UNSCANNABLE || rule == ARRAY_HEADER || rule == STORAGE_MISMATCH;
  if (!stops || obstacle.size > 0) return;
  obstacle.size = validUtf8(explain.ptr, min(explain.size, OBSTACLE_BYTES));
  memory.copy(obstacle.ptr, explain.ptr, obstacle.size);
}

/** A finding whose explanation is a literal. Leaves nothing in the arena. */
export function reportPlain(rule: u32, task: Task, pos: u64, explanation: string): void {
  const before = mark();
  report(rule, task, pos, newOutput().put(explanation));
  release(before);
}

/** UTF-8 whatever the file says, at most 1,000 bytes, without control characters. */
function clean(text: Text): Text {
  const to = newOutput(text.size + 16);
  const end = min<usize>(text.size, 1000);
  for (let i: usize = 0; i < end;) {
    const rune = decodeRune(text.ptr + i, text.ptr + text.size);
    if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune >= 0x110000) to.put('\\x').hex(text.at(i++));
    else {
      to.bytes(text.ptr + i, runeBytes);
      i += runeBytes;
    }
  }
  return (end < text.size ? to.put('...') : to).asText();
}

export function severityName(severity: u32): string {
  if (severity == MALICIOUS) return 'malicious';
  if (severity == SUSPICIOUS) return 'suspicious';
  return severity == UNSCANNABLE ? 'unscannable' : 'note';
}

/** The report of the file, in the arena. */
export function writeReport(size: u64): Output {
  const json = newOutput(list.size + 512).put('{"format":"').put(formatName).put('","verdict":"');
  json.put(verdict()).put('"').member('size').number(size);
  json.member('members').number(members).member('pickles').number(pickles).member('opcodes').number(opcodes);
  json.member('findings').byte(0x5b).bytes(list.ptr, list.size).byte(0x5d);
  if (omitted > 0) json.member('omitted').number(omitted);
  writeNeeds(json);
  return json.byte(0x7d);
}

function verdict(): string {
  if ((severities & (1 << MALICIOUS)) != 0) return 'malicious';
  if ((severities & (1 << SUSPICIOUS)) != 0) return 'suspicious';
  return (severities & (1 << UNSCANNABLE)) != 0 ? 'unscannable' : 'clean';
}
