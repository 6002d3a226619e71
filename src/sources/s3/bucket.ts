// Conversations with one bucket: every question is signed (or not, where the spec says so), goes to
// the region that the bucket lies in, is tried again where that can help, and fails in S3's terms.

import type { ModelError } from '../../base/errors.ts';
import type { S3Source } from '../../base/spec.ts';
import { systemClock } from '../../net/clock.ts';
import type { ByteRange, HttpResponse } from '../../net/http.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { Query } from '../objects/keys.ts';
import type { SourceContext } from '../source.ts';
import { bucketUrl, checkRegion, DEFAULT_REGION, endpointOf, objectUrl, regionOf } from './address.ts';
import { type CredentialSource, credentialsFor } from './credentials.ts';
import { explainFailure, type Failure, readFailure } from './errors.ts';
import { presign } from './presign.ts';

export interface Question {
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query?: Query | undefined;
  readonly method?: 'GET' | 'HEAD' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class Bucket {
  readonly source: S3Source;
  readonly subject: string;
  readonly context: SourceContext;
  #opened: Promise<Opened> | undefined;

  constructor(source: S3Source, subject: string, context: SourceContext) {
    this.source = source;
    this.subject = subject;
    this.context = context;
  }

  /** An answer of status 200; anything else throws. */
  async ask(question: Question): Promise<HttpResponse> {
    const { subject, context } = this;
    return await withRetries(
      async () => {
        const response = await this.#send(question);
        if (response.status === 200) return response;
        const failure = await readFailure(response);
        throw (await this.explainer(question.key))(failure);
      },
      { path: subject, ...context },
    );
  }

  /** An address that this object can be had at for some minutes. */
  async address({ key, query, method = 'GET', headers }: Question): Promise<string> {
    const { url: bucket, region, credentials } = await this.#open();
    const url = objectUrl(bucket, key, query);
    const found = await credentials.get();
    if (found === undefined) return url;
    const now = (this.context.clock ?? systemClock).now();
    return await presign({ url, method, headers }, { credentials: found, region, now });
  }

  /** Why an object is refused now; undefined where it is not. */
  async refusal(question: Question): Promise<Failure | undefined> {
    const response = await this.#send(question, { start: 0, end: 1 });
    if (response.status >= 400) return await readFailure(response);
    response.discard();
    return undefined;
  }

  async explainer(key: string): Promise<(failure: Failure) => ModelError> {
    const { source, subject } = this;
    const { region, credentials } = await this.#open();
    return (failure) => explainFailure(failure, { source, subject, key, region, from: credentials.from });
  }

  async #send(question: Question, range?: ByteRange): Promise<HttpResponse> {
    const { method, headers, signal = this.context.signal } = question;
    const url = await this.address(question);
    return await this.context.http.request({ url, method, headers, range, signal });
  }

  #open(): Promise<Opened> {
    return (this.#opened ??= open(this.source, this.context));
  }
}

interface Opened {
  readonly url: string;
  readonly region: string;
  readonly credentials: CredentialSource;
}

async function open(source: S3Source, context: SourceContext): Promise<Opened> {
  const { environment } = context;
  const region = await findRegion(source, context);
  const url = bucketUrl(source, region, environment);
  return { url, region, credentials: credentialsFor(source, region, environment) };
}

/**
 * AWS tells anyone which region a bucket lies in, and answers for it nowhere else. Other servers are
 * asked only where neither the spec nor the environment says it.
 */
async function findRegion(source: S3Source, context: SourceContext): Promise<string> {
  const { http, environment, signal } = context;
  const told = regionOf(source, environment);
  if (told !== undefined && endpointOf(source, environment) !== undefined) return told;
  const region = told ?? DEFAULT_REGION;
  const url = `${bucketUrl(source, region, environment)}/`;
  const found = await withRetries(
    async () => {
      const response = await http.request({ url, method: 'HEAD', signal });
      response.discard();
      return response.headers['x-amz-bucket-region'];
    },
    { path: source.bucket, ...context },
  );
  if (found === undefined) return region;
  checkRegion(found);
  return found;
}
