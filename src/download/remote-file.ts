// The remote side of one file: its mirrors, the address that the preferred one redirects to, its
// ETag. Makes single requests (no retries: fetch-part.ts) and judges their headers.

import { ModelError } from '../base/errors.ts';
import type { Locate, Locator, ManifestFile } from '../base/manifest.ts';
import { hasDigest } from '../core/content-digests.ts';
import type { Http, HttpResponse } from '../net/http.ts';
import { type Answer, judgeAnswer } from './content-answer.ts';
import type { Validator } from './journal.ts';

export interface ContentRequest {
  readonly start: number;
  readonly end: number | undefined;
  readonly signal: AbortSignal;
}

export interface Content {
  readonly answer: Answer;
  readonly response: HttpResponse;
}

/** 400 is what S3 answers to a session that has expired. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403]);

export class RemoteFile {
  readonly #file: ManifestFile;
  readonly #locate: Locate;
  readonly #http: Http;
  #locator: Promise<Locator> | undefined;
  #mirror = 0;
  /** Where the mirror's redirect led: asked directly from then on, until it is refused. */
  #direct: string | undefined;
  #firstFailure: unknown;
  /** Set by the first answer, or from a journal. */
  validator: Validator | undefined;
  size: number | undefined;

  constructor(file: ManifestFile, { locate, http }: { locate: Locate; http: Http }) {
    this.#file = file;
    this.#locate = locate;
    this.#http = http;
    this.size = file.size;
  }

  get mirror(): number {
    return this.#mirror;
  }

  /** Asks once for a range, or plainly for everything; a refused address is looked up again once. */
  async request(request: ContentRequest): Promise<Content> {
    let response = await this.#ask(request);
    if (EXPIRED.has(response.status)) {
      response.discard();
      this.#direct = undefined;
      this.#locator = undefined;
      response = await this.#ask(request);
    }
    try {
      const { start, end } = request;
      const answer = await this.#judge(response, { start, end });
      this.#compareValidator(response);
      this.size ??= answer.size;
      return { answer, response };
    } catch (error) {
      response.discard();
      throw error;
    }
  }

  /** Moves on from a mirror that has failed for good; throws where there is no other. */
  async nextMirror(failed: number, error: unknown): Promise<void> {
    if (failed !== this.#mirror) return;
    this.#firstFailure ??= error;
    const { urls } = await this.#located();
    if (this.#mirror + 1 >= urls.length) throw this.#firstFailure;
    this.#mirror += 1;
    this.#direct = undefined;
  }

  /** Another start: whatever was known of the content is forgotten, the mirrors that failed are not. */
  forget(): void {
    this.validator = undefined;
    this.#direct = undefined;
    this.size = this.#file.size;
  }

  async #ask({ start, end, signal }: ContentRequest): Promise<HttpResponse> {
    const locator = await this.#located(signal);
    const preferred = locator.urls[0];
    const mirror = locator.urls[this.#mirror];
    if (preferred === undefined || mirror === undefined) {
      throw new ModelError('INTERNAL', 'A file without an address', { subject: this.#file.path });
    }
    const url = this.#direct ?? mirror;
    const plain = start === 0 && (end === undefined || end === this.size);
    const response = await this.#http.request({
      url,
      headers: { ...locator.headers, ...(plain ? {} : this.#ifRange()) },
      // A mirror elsewhere, or the target of a redirect, must not see the first origin's secrets.
      credentials: sourceOf(url).origin === sourceOf(preferred).origin ? locator.credentials : undefined,
      range: plain ? undefined : { start, end },
      allowFile: locator.isLocal,
      signal,
    });
    this.#rememberRedirect(mirror, response);
    return response;
  }

  // Saves a round trip per part, and hubs count requests. A redirect within the same origin is not
  // remembered: there the credentials would have to follow.
  #rememberRedirect(asked: string, { status, url }: HttpResponse): void {
    const elsewhere = sourceOf(url).origin !== sourceOf(asked).origin;
    if (elsewhere && (status === 200 || status === 206)) this.#direct = url;
  }

  /**
   * Where no digest will tell, the server shall rather send everything than a part of another file.
   * With a digest that would cost what is there already whenever a CDN's hosts differ in their ETags.
   */
  #ifRange(): Record<string, string> {
    const etag = this.validator?.etag;
    if (hasDigest(this.#file) || etag === undefined || etag.startsWith('W/')) return {};
    return { 'if-range': etag };
  }

  async #judge(response: HttpResponse, asked: { start: number; end: number | undefined }): Promise<Answer> {
    try {
      return judgeAnswer(response, { ...asked, path: this.#file.path, size: this.size });
    } catch (error) {
      const { explain } = await this.#located();
      throw (response.status >= 400 ? explain?.(response) : undefined) ?? error;
    }
  }

  #compareValidator({ url, headers }: HttpResponse): void {
    const found: Validator = { source: sourceText(url), etag: headers['etag'] };
    const known = (this.validator ??= found);
    const sameTag = known.etag === found.etag;
    const sameSource = known.source === found.source;
    // Bytes of two places may be mixed only where their tags or, later, a digest say that they fit.
    const fits = hasDigest(this.#file)
      ? sameTag || !sameSource
      : sameTag && (sameSource || known.etag !== undefined);
    if (fits) return;
    throw new ModelError('REMOTE_CHANGED', 'The file changed while it was being fetched', {
      subject: this.#file.path,
      wanted: `ETag ${known.etag ?? 'none'} of ${known.source}`,
      found: `ETag ${found.etag ?? 'none'} of ${found.source}`,
    });
  }

  async #located(signal?: AbortSignal): Promise<Locator> {
    const locator = (this.#locator ??= this.#locate(this.#file, signal));
    try {
      return await locator;
    } catch (error) {
      if (this.#locator === locator) this.#locator = undefined;
      throw error;
    }
  }
}

function sourceOf(url: string): URL {
  return new URL(url);
}

// Without the query: signatures change with every request, and must not be written down.
function sourceText(url: string): string {
  const { origin, pathname } = sourceOf(url);
  return origin + pathname;
}
