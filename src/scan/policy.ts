// What the user accepts: a policy file, and what it does to the core's reports. The core judges; a policy
// only takes away what it was told by its exact name, and adds nothing but a list of formats.

import { ModelError } from '../base/errors.ts';
import type { Finding, ScanReport, Severity, Verdict } from '../core/scan-file.ts';
import rules from './rules.json' with { type: 'json' };

export interface Policy {
  /** Formats as reports name them; every other one is a finding. All of them when absent. */
  readonly allowFormats?: readonly string[] | undefined;
  /** Names such as `sklearn.svm._classes.SVC` that may be used though nobody vouches for them. */
  readonly allowGlobals: readonly string[];
  /** Objects of well-known libraries may be made, whatever they are called. */
  readonly allowLibraryGlobals?: boolean | undefined;
  /** The model may bring or fetch code that its loader runs. */
  readonly allowRemoteCode?: boolean | undefined;
  /** Verdicts that make the command fail. */
  readonly failOn: readonly Verdict[];
}

export const SAFE_POLICY: Policy = { allowGlobals: [], failOn: ['malicious', 'suspicious', 'unscannable'] };

const VERDICTS = ['malicious', 'suspicious', 'unscannable'] as const satisfies readonly Verdict[];
/** Findings that a name in allowGlobals answers. Nothing makes a dangerous name harmless. */
const NAMED_RULES = ['pickle-library-global', 'pickle-unknown-global'];

const LIBRARY_RULE = 'pickle-library-global';
const CODE_RULES = ['repository-code', 'repository-foreign-code', 'repository-python'];
/** "Formats" of what is no file: judge-tree.ts. */
const NO_FILES = ['directory', 'symlink'];

/** From the parsed text of a policy file. */
export function parsePolicy(input: unknown, file: string): Policy {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid(file, 'is no JSON object');
  const attributes = input as Record<string, unknown>;
  const { allowFormats, allowGlobals = [], failOn = SAFE_POLICY.failOn, ...others } = attributes;
  const { allowLibraryGlobals = false, allowRemoteCode = false, ...rest } = others;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(file, `has an unknown attribute "${unknown}"`);
  for (const [name, value] of Object.entries({ allowFormats: allowFormats ?? [], allowGlobals, failOn })) {
    if (!isTexts(value)) throw invalid(file, `has an attribute "${name}" that is no list of texts`);
  }
  for (const [name, value] of Object.entries({ allowLibraryGlobals, allowRemoteCode })) {
    if (typeof value !== 'boolean') throw invalid(file, `has an attribute "${name}" that is neither true nor false`);
  }
  const bad = (failOn as string[]).find((verdict) => !(VERDICTS as readonly string[]).includes(verdict));
  if (bad !== undefined) throw invalid(file, `has "${bad}" in "failOn", where ${VERDICTS.join(', ')} may stand`);
  const pattern = (allowGlobals as string[]).find((name) => name.includes('*'));
  if (pattern !== undefined) throw invalid(file, `has the pattern "${pattern}" in "allowGlobals", where exact names stand`);
  return {
    allowFormats: allowFormats as string[] | undefined,
    allowGlobals: allowGlobals as string[],
    allowLibraryGlobals: allowLibraryGlobals as boolean,
    allowRemoteCode: allowRemoteCode as boolean,
    failOn: failOn as Verdict[],
  };
}

/** The report as this policy sees it. */
export function applyPolicy<Report extends ScanReport>(report: Report, policy: Policy): Report {
  const kept = report.findings.filter((finding) => !isAnswered(finding, policy));
  const { allowFormats } = policy;
  const isAllowed = allowFormats === undefined || [...allowFormats, ...NO_FILES].includes(report.format);
  const findings = isAllowed ? kept : [...kept, refused(report)];
  // Findings that are not listed cannot be answered by name.
  const hidden = report.omitted === undefined ? [] : [report.verdict];
  return { ...report, findings, verdict: worst([...findings.map(({ severity }) => severity), ...hidden]) };
}

export function worst(found: readonly (Severity | Verdict)[]): Verdict {
  return VERDICTS.find((verdict) => found.includes(verdict)) ?? 'clean';
}

function isAnswered({ rule, global }: Finding, policy: Policy): boolean {
  const { allowGlobals, allowLibraryGlobals = false, allowRemoteCode = false } = policy;
  if (allowLibraryGlobals && rule === LIBRARY_RULE) return true;
  if (allowRemoteCode && CODE_RULES.includes(rule)) return true;
  return global !== undefined && NAMED_RULES.includes(rule) && allowGlobals.includes(global);
}

function refused({ format }: ScanReport): Finding {
  const { severity, remedy } = rules['format-not-allowed'];
  return {
    rule: 'format-not-allowed',
    severity: severity as Severity,
    offset: 0,
    explanation: `Is of the format "${format}", which the policy does not allow.`,
    remedy,
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function invalid(file: string, why: string): ModelError {
  return new ModelError('SCAN_USAGE', `The policy ${why}`, { subject: file, remedies: ['docs/scanning.md shows a policy.'] });
}
