// What a scan accepts, as `security.policy` has it. src/scan/policy.ts applies it; here it is only
// checked, so that a misspelt one does not become a lax or a strict one.

import { POLICY_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { allocate } from '../abi';
import { Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { invalid, optionalBoolean, textList } from './expect';
import { writeTexts } from './patterns';

@unmanaged
export class Policy {
  /** Formats as reports name them; null: every one. */
  allowFormats: List<Text> | null;
  /** Exact names, such as `sklearn.svm._classes.SVC`. */
  allowGlobals: List<Text>;
  allowLibraryGlobals: bool;
  allowRemoteCode: bool;
  /** Verdicts that refuse a model. */
  failOn: List<Text>;
}

export function parsePolicy(object: Value): Policy {
  checkAttributes(object, POLICY_ATTRIBUTES);
  const policy = changetype<Policy>(allocate(offsetof<Policy>()));
  const formats = object.member('allowFormats');
  const globals = object.member('allowGlobals');
  const failOn = object.member('failOn');
  policy.allowFormats = formats !== null ? textList(formats, 'a list of formats') : null;
  policy.allowGlobals = globals !== null ? textList(globals, 'a list of names') : newList<Text>();
  policy.allowLibraryGlobals = optionalBoolean(object, 'allowLibraryGlobals');
  policy.allowRemoteCode = optionalBoolean(object, 'allowRemoteCode');
  policy.failOn = failOn !== null ? textList(failOn, 'a list of verdicts') : everyVerdict();
  if (globals !== null) refusePatterns(globals, policy.allowGlobals);
  if (failOn !== null) refuseOthers(failOn, policy.failOn);
  return policy;
}

function everyVerdict(): List<Text> {
  const verdicts = newList<Text>();
  verdicts.push(literal('malicious'));
  verdicts.push(literal('suspicious'));
  verdicts.push(literal('unscannable'));
  return verdicts;
}

function refusePatterns(place: Value, names: List<Text>): void {
  for (let i = 0; i < names.count; i++) {
    if (names.at(i).indexOf(0x2a) < 0) continue;
    const made = invalid(place);
    made.message.put(' has a pattern, where exact names stand');
    made.found(newOutput().shown(names.at(i)).asText());
  }
}

function refuseOthers(place: Value, verdicts: List<Text>): void {
  for (let i = 0; i < verdicts.count; i++) {
    const verdict = verdicts.at(i);
    if (verdict.is('malicious') || verdict.is('suspicious') || verdict.is('unscannable')) continue;
    const made = invalid(place).wanted(literal('malicious, suspicious, unscannable'));
    made.message.put(' has something that is no verdict');
    made.found(newOutput().shown(verdict).asText());
  }
}

/** With every default filled in, as src/base/spec.ts has it. */
export function writePolicy(policy: Policy, to: Output): void {
  const formats = policy.allowFormats;
  to.byte(0x7b);
  if (formats !== null) writeTexts(formats, to.member('allowFormats'));
  writeTexts(policy.allowGlobals, to.member('allowGlobals'));
  to.member('allowLibraryGlobals').truth(policy.allowLibraryGlobals);
  to.member('allowRemoteCode').truth(policy.allowRemoteCode);
  writeTexts(policy.failOn, to.member('failOn'));
  to.byte(0x7d);
}
