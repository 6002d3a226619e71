// Registered models of an MLflow tracking server. Stages and aliases are followed to a version when
// the model is resolved; the files are where the version says: at the server itself, in a folder, or
// in storage that another source knows. MLflow publishes no digests: locking downloads once.

import { ModelError } from '../base/errors.ts';
import type { Locate, Manifest } from '../base/manifest.ts';
import type { FilePatterns, MlflowSource, SourceSpec } from '../base/spec.ts';
import { azure } from './azure.ts';
import { gcs } from './gcs.ts';
import { listFolder, locateInFolder } from './mlflow/artifact-folder.ts';
import { listArtifacts, locateArtifact } from './mlflow/artifact-proxy.ts';
import { type ArtifactRoot, artifactRootOf } from './mlflow/artifact-root.ts';
import { resolveVersion } from './mlflow/model-version.ts';
import { openTracking, type Tracking } from './mlflow/tracking.ts';
import { s3 } from './s3.ts';
import { selectFiles } from './select-files.ts';
import type { Source } from './source.ts';

export const mlflow: Source = {
  kind: 'mlflow',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const tracking = openTracking(source, describe(source), context);
    const revision = await resolveVersion(source, tracking);
    const root = await artifactRootOf(source.modelName, revision, tracking);
    const files = await listFiles(root, patterns, tracking);
    const { trackingUri, modelName } = source;
    return { source: { mlflow: { trackingUri, modelName, modelVersion: revision } }, revision, files };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    const tracking = openTracking(source, describe(source), context);
    let opened: Promise<Locate> | undefined;
    const open = (): Promise<Locate> =>
      (opened ??= openRoot(manifest, tracking).catch((error: unknown) => {
        opened = undefined;
        throw error;
      }));
    return async (file, signal) => (await open())(file, signal);
  },

  describe: (spec) => describe(sourceOf(spec)),
};

async function listFiles(
  root: ArtifactRoot,
  patterns: FilePatterns,
  tracking: Tracking,
): Promise<Manifest['files']> {
  const { subject, context } = tracking;
  if (root.kind === 'source') {
    return (await storageOf(root.spec, subject).resolve(root.spec, patterns, context)).files;
  }
  const listed =
    root.kind === 'proxy' ? await listArtifacts(root, tracking) : await listFolder(root.path, subject);
  return selectFiles(listed, patterns, subject);
}

/** The version's number is in the lock; where its files lie is asked for once in each run. */
async function openRoot(manifest: Manifest, tracking: Tracking): Promise<Locate> {
  const source = sourceOf(manifest.source);
  const version = manifest.revision ?? (await resolveVersion(source, tracking));
  const root = await artifactRootOf(source.modelName, version, tracking);
  if (root.kind === 'source') {
    const storage = storageOf(root.spec, tracking.subject);
    return storage.locate({ ...manifest, source: root.spec }, tracking.context);
  }
  return ({ path }) =>
    Promise.resolve(
      root.kind === 'proxy' ? locateArtifact(root, path, tracking) : locateInFolder(root.path, path),
    );
}

function storageOf(spec: SourceSpec, subject: string): Source {
  const storage = [s3, gcs, azure].find(({ kind }) => spec[kind] !== undefined);
  if (storage !== undefined) return storage;
  throw new ModelError('PROTOCOL', 'The model is in a storage that this version does not know', {
    subject,
    found: Object.keys(spec).join(),
  });
}

/** `mlflow:https://host#name/3`, `…#name/Production`, `…#name@alias` */
function describe({ trackingUri, modelName, modelVersion, modelStage, modelAlias }: MlflowSource): string {
  const server = trackingUri === undefined ? '' : `${trackingUri}#`;
  const version = modelAlias === undefined ? `/${modelVersion ?? modelStage ?? ''}` : `@${modelAlias}`;
  return `mlflow:${server}${modelName}${version}`;
}

function sourceOf(spec: SourceSpec): MlflowSource {
  if (spec.mlflow !== undefined) return spec.mlflow;
  throw new ModelError('INTERNAL', 'Not an mlflow source');
}
