// A storage account as the environment knows it: keys, signatures and addresses from the variables
// that Azure's own tools read. Pure; what belongs to another account is left alone.

import { type Environment, variable } from '../../base/env.ts';

export interface KnownAccount {
  /** Shared key, base64. */
  readonly key?: Variable | undefined;
  /** Shared access signature, without the question mark. */
  readonly sas?: Variable | undefined;
  /** The blob service's address. */
  readonly endpoint?: string | undefined;
}

export interface Variable {
  readonly value: string;
  /** The name of the variable. */
  readonly from: string;
}

const CONNECTION_STRING = 'AZURE_STORAGE_CONNECTION_STRING';

export function knownAccount(account: string, environment: Environment): KnownAccount {
  const fields = connectionFields(variable(environment, CONNECTION_STRING) ?? '');
  const name = variable(environment, 'AZURE_STORAGE_ACCOUNT');
  const isOurs = name === undefined || name === account;
  const own = (variableName: string): Variable | undefined =>
    isOurs ? variableOf(variable(environment, variableName), variableName) : undefined;
  const connected = fields.get('AccountName') === account ? fields : new Map<string, string>();
  return {
    key: variableOf(connected.get('AccountKey'), CONNECTION_STRING) ?? own('AZURE_STORAGE_KEY'),
    sas: trimmed(
      variableOf(connected.get('SharedAccessSignature'), CONNECTION_STRING) ?? own('AZURE_STORAGE_SAS_TOKEN'),
    ),
    endpoint: connected.get('BlobEndpoint') ?? endpointOf(account, connected.get('EndpointSuffix')),
  };
}

/** `AccountName=…;AccountKey=…==;EndpointSuffix=…`: a value may hold equal signs. */
function connectionFields(text: string): Map<string, string> {
  const pairs = text.split(';').map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()] as const;
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

function endpointOf(account: string, suffix: string | undefined): string | undefined {
  return suffix === undefined ? undefined : `https://${account}.blob.${suffix}`;
}

function variableOf(value: string | undefined, from: string): Variable | undefined {
  return value === undefined ? undefined : { value, from };
}

function trimmed(sas: Variable | undefined): Variable | undefined {
  return sas === undefined ? undefined : { ...sas, value: sas.value.replace(/^\?/, '') };
}
