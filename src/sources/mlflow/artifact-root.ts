// Where the files of a model version lie: MLflow names it with an address of one of many kinds. Most
// belong to another source; `mlflow-artifacts:` is the tracking server itself. The server's word is
// not trusted with files of this machine, unless it runs here as well.

import { fileURLToPath } from 'node:url';
import { variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { SourceSpec } from '../../base/spec.ts';
import { isLoopback, refusalOfRedirect } from '../../net/origin-rules.ts';
import { askTracking, type Json, type Tracking } from './tracking.ts';

export type ArtifactRoot =
  /** The artifact API of a tracking server; `path` below its root. */
  | { readonly kind: 'proxy'; readonly endpoint: string; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'source'; readonly spec: SourceSpec };

const ARTIFACTS = '/mlflow-artifacts/artifacts';

/** `models:/m-…` leads to an address of its own, `runs:/…` as well; a circle of them ends here. */
const MAX_STEPS = 4;

export async function artifactRootOf(
  name: string,
  version: string,
  tracking: Tracking,
): Promise<ArtifactRoot> {
  const query = { name, version };
  const answer = await askTracking(tracking, 'model-versions/get-download-uri', { query });
  let uri = textOf(answer['artifact_uri'], tracking);
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = await followed(uri, tracking);
    if (next === undefined) return rootOf(uri, tracking);
    uri = next;
  }
  throw unsupported(uri, tracking, 'it leads from one to the next without an end');
}

/** What a run or a logged model has as its own artifact root. */
async function followed(uri: string, tracking: Tracking): Promise<string | undefined> {
  const [, scheme, id = '', rest = ''] = /^(runs|models):\/+([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (scheme === undefined) return undefined;
  if (scheme === 'models' && !id.startsWith('m-')) throw unsupported(uri, tracking, 'it is another registered model');
  const answer =
    scheme === 'runs'
      ? await askTracking(tracking, 'runs/get', { query: { run_id: id } })
      : await askTracking(tracking, `logged-models/${encodeURIComponent(id)}`);
  const { info } = (answer[scheme === 'runs' ? 'run' : 'model'] ?? {}) as { info?: Json };
  const root = textOf(info?.['artifact_uri'], tracking);
  return rest === '' ? root : `${root.replace(/\/+$/, '')}/${rest}`;
}

function rootOf(uri: string, tracking: Tracking): ArtifactRoot {
  const text = uri.startsWith('/') ? `file://${uri}` : uri;
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/]*))?\/*(.*?)\/*$/i.exec(text) ?? [];
  if (path.split('/').some((part) => part === '.' || part === '..')) {
    throw unsupported(uri, tracking, 'it has "." or ".." in its path');
  }
  switch (scheme.toLowerCase()) {
    case 'mlflow-artifacts': {
      const server = host === '' ? tracking.address : `${new URL(tracking.address).protocol}//${host}`;
      return proxy(`${server}/api/2.0${ARTIFACTS}`, path, tracking);
    }
    case 'http':
    case 'https': {
      const [server = '', below] = text.split(ARTIFACTS);
      if (below === undefined) throw unsupported(uri, tracking, 'a plain web address cannot be listed');
      return proxy(server + ARTIFACTS, below.replace(/^\/+|\/+$/g, ''), tracking);
    }
    case 's3':
      return { kind: 'source', spec: { s3: { bucket: host, prefix: path, endpoint: s3Endpoint(tracking) } } };
    case 'gs':
      return { kind: 'source', spec: { gcs: { bucket: host, prefix: path } } };
    case 'wasb':
    case 'wasbs':
      return { kind: 'source', spec: azureContainer(uri, host, path, tracking) };
    case 'file':
      return folder(uri, tracking);
    default:
      throw unsupported(uri, tracking, 'this kind of storage is not supported');
  }
}

function proxy(endpoint: string, path: string, tracking: Tracking): ArtifactRoot {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const refusal = url === undefined ? 'it is no address' : refusalOfRedirect(new URL(tracking.address), url);
  if (refusal !== undefined) throw unsupported(endpoint, tracking, refusal);
  return { kind: 'proxy', endpoint, path };
}

/** The variable that MLflow's own clients read. */
function s3Endpoint({ context }: Tracking): string | undefined {
  return variable(context.environment, 'MLFLOW_S3_ENDPOINT_URL');
}

/** `wasbs://container@account.blob.core.windows.net/path` */
function azureContainer(uri: string, authority: string, prefix: string, tracking: Tracking): SourceSpec {
  const [, container, host, account] = /^([^@]+)@(([a-z0-9]+)\.blob\.[a-z0-9.-]+)$/i.exec(authority) ?? [];
  if (container === undefined || host === undefined || account === undefined) {
    throw unsupported(uri, tracking, 'it does not name container and account');
  }
  const isPublicCloud = host.toLowerCase().endsWith('.blob.core.windows.net');
  const endpoint = isPublicCloud ? undefined : `https://${host}`;
  return { azure: { account, container, prefix, endpoint } };
}

function folder(uri: string, tracking: Tracking): ArtifactRoot {
  if (!isLoopback(new URL(tracking.address))) {
    throw unsupported(uri, tracking, 'it is a folder, and the server does not run on this machine');
  }
  try {
    return { kind: 'folder', path: uri.startsWith('/') ? uri : fileURLToPath(uri) };
  } catch {
    throw unsupported(uri, tracking, 'it is no path of this machine');
  }
}

function textOf(value: unknown, { subject }: Tracking): string {
  if (typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value)) return value;
  throw new ModelError('PROTOCOL', 'The MLflow server does not say where the files of the model are', {
    subject,
    found: JSON.stringify(value),
  });
}

function unsupported(uri: string, { subject }: Tracking, why: string): ModelError {
  return new ModelError('PROTOCOL', `The model's files are at an address that cannot be used: ${why}`, {
    subject,
    found: uri,
    remedies: [
      'Let the server hand out its artifacts itself: `mlflow server --serve-artifacts`.',
      'docs/sources/mlflow.md lists the kinds of storage that are supported.',
    ],
  });
}
