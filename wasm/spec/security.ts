// How a model is judged before anyone gets it: the `security` attribute, with every default filled in,
// and the key under which a host remembers that a store path was accepted. nix/lib/normaliseSecurity.nix
// reads the attribute alike.

import { SCANNER } from '../../build/generated/scanner';
import { CUSTOM_SCANNER_ATTRIBUTES, SECURITY_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { allocate } from '../abi';
import { sha256Of } from '../digest';
import { ARRAY, newObject, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { booleanOr, expectObject, invalid, optionalObject, optionalText, requiredText, wrongType } from './expect';
import { parsePolicy, Policy, writePolicy } from './policy';

@unmanaged
export class Security {
  /** False where every default holds. */
  isGiven: bool;
  enablePickleScan: bool;
  failOnScanError: bool;
  enableModelScan: bool;
  /** The path of the modelscan program. */
  modelScan: Text | null;
  customScanners: List<CustomScanner>;
  policy: Policy;

  /** Programs that a spec names are run by a build only, never with the user's rights. */
  get namesPrograms(): bool {
    return this.enableModelScan || this.customScanners.count > 0;
  }
}

@unmanaged
class CustomScanner {
  name: Text;
  command: Text;
}

export function parseSecurity(spec: Value): Security {
  const given = optionalObject(spec, 'security');
  const object = given !== null ? given : newObject(spec);
  const policy = optionalObject(object, 'policy');
  const security = changetype<Security>(allocate(offsetof<Security>()));
  checkAttributes(object, SECURITY_ATTRIBUTES);
  security.isGiven = given !== null;
  security.enablePickleScan = booleanOr(object, 'enablePickleScan', true);
  security.failOnScanError = booleanOr(object, 'failOnScanError', true);
  security.enableModelScan = booleanOr(object, 'enableModelScan', false);
  security.modelScan = optionalText(object, 'modelScan');
  security.customScanners = parseScanners(object.member('customScanners'));
  security.policy = parsePolicy(policy !== null ? policy : newObject(object));
  if (security.enableModelScan && security.modelScan === null) refuseMissingProgram(object);
  return security;
}

function refuseMissingProgram(object: Value): void {
  const made = invalid(object);
  made.message.put(' enables modelscan and does not say where that is');
  made.remedy(literal('Give its program: security.modelScan = "${pkgs.modelscan}/bin/modelscan";'));
}

function parseScanners(list: Value | null): List<CustomScanner> {
  const scanners = newList<CustomScanner>();
  if (list === null) return scanners;
  if (list.kind != ARRAY) wrongType(list, 'a list of scanners, each with `name` and `command`');
  for (let i = 0; i < list.count && list.kind == ARRAY; i++) {
    if (expectObject(list.child(i))) scanners.push(parseScanner(list.child(i)));
  }
  return scanners;
}

function parseScanner(object: Value): CustomScanner {
  checkAttributes(object, CUSTOM_SCANNER_ATTRIBUTES);
  const scanner = changetype<CustomScanner>(allocate(offsetof<CustomScanner>()));
  scanner.name = requiredText(object, 'name', '"clamav"');
  scanner.command = requiredText(object, 'command', '"${pkgs.clamav}/bin/clamscan -r $out"');
  // An empty command would accept everything.
  if (scanner.name.size == 0 || scanner.command.size == 0) {
    invalid(object).message.put(' has an empty `name` or `command`');
  }
  return scanner;
}

/** The normalised attribute (src/base/spec.ts). */
export function writeSecurity(security: Security, to: Output): void {
  const modelScan = security.modelScan;
  const scanners = security.customScanners;
  to.byte(0x7b).member('enablePickleScan').truth(security.enablePickleScan);
  to.member('failOnScanError').truth(security.failOnScanError);
  to.member('enableModelScan').truth(security.enableModelScan);
  if (modelScan !== null) to.member('modelScan').quoted(modelScan);
  to.member('customScanners').byte(0x5b);
  for (let i = 0; i < scanners.count; i++) {
    to.comma().byte(0x7b).member('name').quoted(scanners.at(i).name);
    to.member('command').quoted(scanners.at(i).command).byte(0x7d);
  }
  to.byte(0x5d);
  writePolicy(security.policy, to.member('policy'));
  to.byte(0x7d);
}

/** The plan's `scan`: `null`, or {"key"?, "failOnScanError", "policy"}. */
export function writeScan(security: Security, storePath: Text | null, to: Output): void {
  if (!security.enablePickleScan) {
    to.put('null');
    return;
  }
  to.byte(0x7b);
  if (storePath !== null) to.member('key').quoted(scanKey(security, storePath));
  to.member('failOnScanError').truth(security.failOnScanError);
  writePolicy(security.policy, to.member('policy'));
  to.byte(0x7d);
}

/**
 * Changes with everything that the verdict on a store path depends on: the scanner (its sources and
 * rules), what is accepted, and the path, which stands for the bytes.
 */
export function scanKey(security: Security, storePath: Text): Text {
  const identity = newOutput(512).put(SCANNER).byte(0x0a);
  identity.truth(security.failOnScanError).byte(0x0a);
  writePolicy(security.policy, identity);
  return sha256Of(identity.byte(0x0a).text(storePath).asText()).hex();
}
