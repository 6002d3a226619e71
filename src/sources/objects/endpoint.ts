// The address of an object store where it is not the vendor's own, and whether a secret may go there.
// Shared by gcs and azure, whose tokens work for whoever holds them. (A signature of S3's holds for
// one host only.)

import { ModelError } from '../../base/errors.ts';
import { isLoopback, maySendSecrets } from '../../net/origin-rules.ts';

export interface Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  /** Why no token and no key may be sent there; undefined where they may. */
  readonly withhold: string | undefined;
}

export interface EndpointRules {
  /** Where the address comes from: the attribute or the variable. */
  readonly name: string;
  /** Set by the user's own environment, and not by a spec that may be somebody else's work. */
  readonly isOwn: boolean;
  /** The vendor's own host names. */
  readonly vendor: RegExp;
}

export function checkEndpoint(text: string, { name, isOwn, vendor }: EndpointRules): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === undefined || !web || url.username !== '' || url.password !== '') {
    throw new ModelError('SPEC_INVALID', `${name} is not the address of an object store`, {
      wanted: 'an http or https address without name and password',
      found: text,
      remedies: [`Correct ${name}, or leave it out.`],
    });
  }
  const address = (url.origin + url.pathname).replace(/\/+$/, '');
  if (!maySendSecrets(url)) {
    return { url: address, withhold: `${address} is not encrypted; use its https address` };
  }
  const isTrusted = isOwn || isLoopback(url) || vendor.test(url.hostname);
  return { url: address, withhold: isTrusted ? undefined : `only the spec names ${address}` };
}
