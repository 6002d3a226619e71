// A shared access signature for one container, made with the account's key: the right to list and to
// read it for an hour. With it every request is a plain address, ranges and all; the key itself signs
// nothing else. (Azure's rules: "Create a service SAS", version 2020-12-06.)

import { createHmac } from 'node:crypto';
import { ModelError } from '../../base/errors.ts';
import { queryText } from '../objects/keys.ts';

const VERSION = '2020-12-06';

const LIFETIME_MS = 3_600_000;

export interface SasOptions {
  readonly account: string;
  readonly container: string;
  /** Base64. */
  readonly key: string;
  /** Where the key comes from, for messages. */
  readonly from: string;
  readonly httpsOnly: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function containerSas(options: SasOptions): string {
  const { account, container, key, from, httpsOnly, now } = options;
  const expiry = new Date(now + LIFETIME_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const protocol = httpsOnly ? 'https' : '';
  const signed = [
    'rl',
    '', // start: now, whatever this machine's clock says
    expiry,
    `/blob/${account}/${container}`,
    '', // no stored policy
    '', // from any address
    protocol,
    VERSION,
    'c',
    '', // no snapshot
    '', // no encryption scope
    '', // no headers of the answer are overridden: five of them
    '',
    '',
    '',
    '',
  ].join('\n');
  const signature = createHmac('sha256', keyBytes(key, from)).update(signed).digest('base64');
  return queryText({
    sv: VERSION,
    se: expiry,
    sr: 'c',
    sp: 'rl',
    ...(httpsOnly ? { spr: protocol } : {}),
    sig: signature,
  });
}

function keyBytes(key: string, from: string): Buffer {
  if (/^[A-Za-z0-9+/]{40,}={0,2}$/.test(key)) return Buffer.from(key, 'base64');
  throw new ModelError('AUTH_INVALID', `The key in ${from} is not one of a storage account`, {
    wanted: 'base64, as the Azure portal and `az storage account keys list` show it',
    remedies: [`Correct the key in ${from}.`],
  });
}
