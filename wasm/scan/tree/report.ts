// The findings about a directory, as JSON.

import { ruleId, ruleRemedy, ruleSeverity } from '../../../build/generated/scan-rules';
import { newOutput, Output } from '../../output';
import { Text } from '../../text';
import { severityName } from '../findings';
import { Row } from './rows';

/** More than anyone reads. */
const MAX_FOUND = 4096;

let list: Output = changetype<Output>(0);
let found = 0;

export function openReport(): void {
  list = newOutput(1024).byte(0x5b);
  found = 0;
}

export function accuse(rule: u32, row: Row, explanation: Output): void {
  write(rule, row, explanation, null);
}

/** Settles what the file's own report says by the rule `answered`. */
export function answer(rule: u32, row: Row, explanation: Output, answered: u32): void {
  write(rule, row, explanation, newOutput().put(ruleId(answered)).asText());
}

function write(rule: u32, row: Row, explanation: Output, answered: Text | null): void {
  if (found++ >= MAX_FOUND) return;
  list.comma().byte(0x7b).member('path').quoted(row.path);
  list.member('rule').byte(0x22).put(ruleId(rule)).byte(0x22);
  list.member('severity').byte(0x22).put(severityName(ruleSeverity(rule))).byte(0x22);
  list.member('explanation').quoted(explanation.asText());
  list.member('remedy').quoted(newOutput().put(ruleRemedy(rule)).asText());
  if (answered !== null) list.member('answers').quoted(answered);
  list.byte(0x7d);
}

export function treeReport(): Output {
  return list.byte(0x5d);
}
