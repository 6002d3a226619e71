// What a scanner beside the built-in one says of a model. It becomes part of a check's report.

export interface ScannerResult {
  readonly name: string;
  readonly verdict: 'clean' | 'findings' | 'unscannable';
  /** What it found, or why it could not judge: lines for a person. */
  readonly findings: readonly string[];
}
