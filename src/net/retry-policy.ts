// Whether and when to try again. Pure: tables and arithmetic, no clock and no network;
// with-retries.ts and the downloader act on it. RATE_LIMIT headers as Hugging Face documents them.

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** The first delay's upper bound; it doubles with every further try. */
  readonly baseMs: number;
  readonly capMs: number;
  /** A server that asks for more patience than this is not waited for. */
  readonly patienceMs: number;
}

/** Six tries within about a minute; rate limits are windows of five minutes on Hugging Face. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  baseMs: 500,
  capMs: 20_000,
  patienceMs: 330_000,
};

/** What is known about a failed try. */
export interface FailedTry {
  /** How many tries have failed so far, this one included: 1 after the first. */
  readonly attempt: number;
  /** Node's or undici's error code, where the exchange itself failed. */
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch, to read dates against. */
  readonly now: number;
  /** From 0 to 1: jitter. */
  readonly random: number;
}

const RETRIABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Codes of faults that pass, with the number of tries they deserve; no number: the policy's. */
const RETRIABLE_CODES: ReadonlyMap<string, number | undefined> = new Map([
  // Whoever mistypes an address should not wait for it; a server that restarts, a name server
  // that loses its network (macOS says ENOTFOUND then), get their chance.
  ['ECONNREFUSED', 3],
  ['ENOTFOUND', 3],
  ['EAI_AGAIN', undefined],
  ['ECONNABORTED', undefined],
  ['ECONNRESET', undefined],
  ['EHOSTDOWN', undefined],
  ['EHOSTUNREACH', undefined],
  ['ENETDOWN', undefined],
  ['ENETRESET', undefined],
  ['ENETUNREACH', undefined],
  ['EPIPE', undefined],
  ['ETIMEDOUT', undefined],
  ['UND_ERR_BODY_TIMEOUT', undefined],
  ['UND_ERR_CONNECT_TIMEOUT', undefined],
  ['UND_ERR_HEADERS_TIMEOUT', undefined],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', undefined],
  ['UND_ERR_SOCKET', undefined],
]);

export function isRetriableStatus(status: number): boolean {
  return RETRIABLE_STATUS.has(status);
}

export function isRetriableCode(code: string | undefined): boolean {
  return code !== undefined && RETRIABLE_CODES.has(code);
}

/** Milliseconds to wait before the next try, or 'give up'. */
export function retryDelay(
  failed: FailedTry,
  policy: RetryPolicy = DEFAULT_RETRY_POLICY,
): number | 'give up' {
  const attempts = RETRIABLE_CODES.get(failed.code ?? '') ?? policy.attempts;
  if (failed.attempt >= Math.min(attempts, policy.attempts)) return 'give up';
  const asked = askedDelay(failed);
  if (asked !== undefined && asked > policy.patienceMs) return 'give up';
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** (failed.attempt - 1));
  // Full jitter: many clients that failed together must not come back together.
  const jittered = Math.round(bound * failed.random);
  return asked === undefined ? jittered : asked + Math.min(jittered, 1_000);
}

/** What the server asks for: `Retry-After`, else an exhausted `RateLimit`. */
export function askedDelay(failed: Omit<FailedTry, 'attempt' | 'random'>): number | undefined {
  const { status, headers = {}, now } = failed;
  const retryAfter = parseRetryAfter(headers['retry-after'], now);
  if (retryAfter !== undefined) return retryAfter;
  return status === 429 ? parseRateLimit(headers['ratelimit']) : undefined;
}

/** `Retry-After: 120` or an HTTP date. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only real dates: Date.parse would also take "1.5" or "-3" for one.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * `RateLimit: "api";r=0;t=42`: 42 seconds to the next window. The header stands on every answer,
 * so it explains a 429 only where nothing is left (r=0).
 */
export function parseRateLimit(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const waits = value.split(',').flatMap((limit) => {
    const left = /;\s*r=(\d+)/.exec(limit)?.[1];
    const seconds = /;\s*t=(\d{1,9})/.exec(limit)?.[1];
    const exhausted = left !== undefined && Number(left) === 0;
    return exhausted && seconds !== undefined ? [Number(seconds) * 1000] : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}
