// Where an account's blob service is. Pure.

import type { Environment } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { AzureSource } from '../../base/spec.ts';
import { checkEndpoint, type Endpoint } from '../objects/endpoint.ts';
import { knownAccount } from './account.ts';

const VENDOR = /\.blob\.(core\.(windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)|storage\.azure\.net)$/;

/** The spec's own, else the connection string's, else Azure's. With an emulator the account is in it. */
export function endpointOf(source: AzureSource, environment: Environment): Endpoint {
  checkNames(source);
  const known = knownAccount(source.account, environment).endpoint;
  if (source.endpoint !== undefined && source.endpoint !== known) {
    return checkEndpoint(source.endpoint, { name: 'endpoint', isOwn: false, vendor: VENDOR });
  }
  const address = known ?? `https://${source.account}.blob.core.windows.net`;
  const name = 'BlobEndpoint in AZURE_STORAGE_CONNECTION_STRING';
  return checkEndpoint(address, { name, isOwn: true, vendor: VENDOR });
}

function checkNames({ account, container }: AzureSource): void {
  if (!/^[a-z0-9]{3,24}$/.test(account)) {
    throw invalid('account', account, 'three to 24 lower-case letters and digits');
  }
  if (/^([a-z0-9](-?[a-z0-9]){2,62}|\$root|\$web)$/.test(container)) return;
  throw invalid('container', container, 'three to 63 lower-case letters, digits and single "-"');
}

function invalid(what: string, found: string, wanted: string): ModelError {
  return new ModelError('SPEC_INVALID', `Not the name of a storage ${what}`, {
    wanted,
    found,
    remedies: [`Give the name of the ${what} alone, not its address.`],
  });
}
