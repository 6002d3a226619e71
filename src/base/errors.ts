// The one error class. Every failure that a user can meet is a ModelError with a code from
// error-codes.json, which holds its exit status, its number in the WASM core and its remedies.
// Secrets are removed here, in the constructor, so that no caller can forget to.

import codes from './error-codes.json' with { type: 'json' };
import { redact } from './redact.ts';

export type ErrorCode = keyof typeof codes;

export interface ErrorDetails {
  /** The file, URL or attribute that the failure is about. */
  subject?: string | undefined;
  wanted?: string | undefined;
  found?: string | undefined;
  /** Remedies for this very case; the code's general ones are used when absent. */
  remedies?: readonly string[] | undefined;
  /** Worth trying again: the same request may succeed later. */
  retriable?: boolean | undefined;
  cause?: unknown;
}

export class ModelError extends Error {
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly wanted: string | undefined;
  readonly found: string | undefined;
  readonly remedies: readonly string[];
  readonly retriable: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(redact(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ModelError';
    this.code = code;
    this.subject = redactOptional(details.subject);
    this.wanted = redactOptional(details.wanted);
    this.found = redactOptional(details.found);
    this.remedies = (details.remedies ?? codes[code].remedies).map(redact);
    this.retriable = details.retriable ?? false;
  }

  /** The process's exit status for this failure (docs/cli.md lists them). */
  get exitStatus(): number {
    return codes[this.code].exit;
  }

  toJSON(): Record<string, unknown> {
    const { code, message, subject, wanted, found, remedies } = this;
    return { code, message, subject, wanted, found, remedies };
  }
}

/** The message as a person reads it: what failed, on what, wanted and found, what to do next. */
export function renderError(error: ModelError): string {
  const lines = [`${error.message} [${error.code}]`];
  if (error.subject !== undefined) lines.push(`  on:     ${error.subject}`);
  if (error.wanted !== undefined) lines.push(`  wanted: ${error.wanted}`);
  if (error.found !== undefined) lines.push(`  found:  ${error.found}`);
  if (error.remedies.length > 0) lines.push('  what to do:');
  for (const remedy of error.remedies) lines.push(`  - ${remedy}`);
  return lines.join('\n');
}

/** The code that a status number of the WASM core stands for. */
export function codeOfStatus(status: number): ErrorCode {
  const entry = Object.entries(codes).find(([, row]) => row.status === status);
  return entry === undefined ? 'INTERNAL' : (entry[0] as ErrorCode);
}

/** Any thrown value as a ModelError, so that the command line has one way to report. */
export function toModelError(thrown: unknown): ModelError {
  if (thrown instanceof ModelError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = SYSTEM_CODES[(cause as NodeJS.ErrnoException).code ?? ''];
  if (cause.name === 'AbortError') return new ModelError('INTERRUPTED', 'Interrupted', { cause });
  return new ModelError(code ?? 'INTERNAL', cause.message, { cause });
}

const SYSTEM_CODES: Record<string, ErrorCode | undefined> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'PERMISSION',
  EPERM: 'PERMISSION',
  EROFS: 'PERMISSION',
  ENOENT: 'IO',
  EIO: 'IO',
  EISDIR: 'IO',
  ENOTDIR: 'IO',
};

function redactOptional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : redact(text);
}
