// Conversations with one container: where it is, who asks, a page of its listing, the headers of a
// blob. Every request is tried again where that can help, and fails in Azure's terms.

import { ModelError } from '../../base/errors.ts';
import type { Answer, ManifestFile } from '../../base/manifest.ts';
import type { AzureSource } from '../../base/spec.ts';
import { systemClock } from '../../net/clock.ts';
import type { HttpResponse } from '../../net/http.ts';
import { codeOf } from '../../net/transport-error.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { Headers } from '../objects/head-files.ts';
import { encodeKey, type Query, queryText } from '../objects/keys.ts';
import type { ObjectPage, PageQuestion } from '../objects/list-objects.ts';
import { readXml } from '../objects/xml.ts';
import type { SourceContext } from '../source.ts';
import { endpointOf } from './address.ts';
import { type Authorization, type CredentialSource, credentialsFor } from './credentials.ts';
import { explainAnswer } from './errors.ts';
import { parsePage } from './listing.ts';

/** Without it a request is answered as in 2009. Knows versions and folders of accounts that have them. */
export const API_VERSION: Headers = { 'x-ms-version': '2021-12-02' };

/** Five thousand names of a kilobyte each, with a few hundred bytes of properties. */
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

export class Container {
  readonly source: AzureSource;
  readonly subject: string;
  /** The container's address, without a slash at the end. */
  readonly url: string;
  readonly #context: SourceContext;
  readonly #credentials: CredentialSource;
  readonly #withheld: string | undefined;

  constructor(source: AzureSource, subject: string, context: SourceContext) {
    const { environment } = context;
    const endpoint = endpointOf(source, environment);
    this.source = source;
    this.subject = subject;
    this.url = `${endpoint.url}/${source.container}`;
    this.#context = context;
    this.#credentials = credentialsFor(source, endpoint, environment);
    this.#withheld = source.anonymous === true ? undefined : endpoint.withhold;
  }

  async page({ prefix, token, limit }: PageQuestion): Promise<ObjectPage> {
    const response = await this.#ask('', 'GET', {
      restype: 'container',
      comp: 'list',
      prefix,
      maxresults: String(limit ?? PAGE_SIZE),
      ...(token === undefined ? {} : { marker: token }),
    });
    return parsePage(await readXml(response, 'EnumerationResults', MAX_PAGE_BYTES), this.subject);
  }

  async head(key: string): Promise<Headers> {
    const response = await this.#ask(key, 'HEAD', {});
    response.discard();
    return response.headers;
  }

  authorize(): Promise<Authorization> {
    return this.#credentials.authorize((this.#context.clock ?? systemClock).now());
  }

  address(key: string, query: Query, signature: string): string {
    const text = [queryText(query), signature].filter((part) => part !== '').join('&');
    const path = key === '' ? '' : `/${encodeKey(key)}`;
    return `${this.url}${path}${text === '' ? '' : `?${text}`}`;
  }

  explain(answer: Answer, key: string): ModelError {
    const { source, subject } = this;
    const { from } = this.#credentials;
    return explainAnswer(answer, { source, subject, key, from, withheld: this.#withheld });
  }

  async #ask(key: string, method: 'GET' | 'HEAD', query: Query): Promise<HttpResponse> {
    const { http, signal } = this.#context;
    const { query: signature, credentials } = await this.authorize();
    const url = this.address(key, query, signature);
    const ask = async (): Promise<HttpResponse> => {
      const response = await http.request({ url, method, headers: API_VERSION, credentials, signal });
      if (response.status === 200) return response;
      response.discard();
      throw this.explain(response, key);
    };
    try {
      return await withRetries(ask, { path: this.subject, ...this.#context });
    } catch (error) {
      throw codeOf(error) === 'ENOTFOUND' ? this.#noAccount(error) : error;
    }
  }

  /** Every account has a host name of its own. */
  #noAccount(cause: unknown): ModelError {
    return new ModelError('REPO_NOT_FOUND', `There is no address for ${new URL(this.url).hostname}`, {
      subject: this.subject,
      remedies: ['Check the spelling of `account`, and the network connection.'],
      cause,
    });
  }
}

/** Azure's largest page. */
const PAGE_SIZE = 5_000;

/** The version, where the account keeps versions. */
export function pinsOf(headers: Headers): Pick<ManifestFile, 'version'> {
  const version = headers['x-ms-version-id'];
  return version === undefined ? {} : { version };
}
