// Which version of a registered model is meant. Stages and aliases move: they are followed once,
// when the model is locked. Where there is none, the error tells what there is.

import { ModelError } from '../../base/errors.ts';
import type { MlflowSource } from '../../base/spec.ts';
import { printable } from '../printable.ts';
import { isMissing } from './errors.ts';
import { askTracking, type Json, type Tracking } from './tracking.ts';

/** The version's number. */
export async function resolveVersion(source: MlflowSource, tracking: Tracking): Promise<string> {
  const { modelName: name } = source;
  const found = await lookUp(source, tracking).catch(async (error: unknown) => {
    throw isMissing(error) ? await notFound(source, tracking, error) : error;
  });
  if (found === undefined) throw await notFound(source, tracking);
  const { version, status = 'READY', status_message: message } = found;
  const isVersion = typeof version === 'string' && /^[1-9]\d*$/.test(version);
  if (!isVersion || found['name'] !== name) {
    throw new ModelError('PROTOCOL', 'The MLflow server answers with another model than it was asked for', {
      subject: tracking.subject,
      wanted: `a version of ${name}`,
      found: printable(JSON.stringify([found['name'], version])),
    });
  }
  if (status === 'READY') return version;
  throw new ModelError('REVISION_NOT_FOUND', `Version ${version} is not ready`, {
    subject: tracking.subject,
    found: printable(`${String(status)} ${typeof message === 'string' ? message : ''}`.trim()),
    remedies: ['Wait until it is registered, or name another version.'],
  });
}

async function lookUp(source: MlflowSource, tracking: Tracking): Promise<Json | undefined> {
  const { modelName: name, modelVersion: version, modelStage: stage, modelAlias: alias } = source;
  if (version !== undefined) {
    const answer = await askTracking(tracking, 'model-versions/get', { query: { name, version } });
    return recordOf(answer['model_version']);
  }
  if (alias !== undefined) {
    const answer = await askTracking(tracking, 'registered-models/alias', { query: { name, alias } });
    return recordOf(answer['model_version']);
  }
  const json = { name, stages: stage === undefined ? [] : [stage] };
  const answer = await askTracking(tracking, 'registered-models/get-latest-versions', { json });
  // One of each stage; the stage's own where one was asked for.
  const versions = recordsOf(answer['model_versions']).filter(
    (candidate) => stage === undefined || String(candidate['current_stage']).toLowerCase() === stage.toLowerCase(),
  );
  return versions.sort((a, b) => Number(b['version']) - Number(a['version']))[0];
}

async function notFound(source: MlflowSource, tracking: Tracking, cause?: unknown): Promise<ModelError> {
  const { modelName: name, modelVersion: version, modelStage: stage, modelAlias: alias } = source;
  const { subject } = tracking;
  const model = await askTracking(tracking, 'registered-models/get', { query: { name } }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (model === undefined) {
    return new ModelError('REPO_NOT_FOUND', `The MLflow server has no registered model "${name}"`, {
      subject,
      remedies: ['Check the spelling, upper and lower case included, and the address of the server.'],
      cause,
    });
  }
  const wanted =
    version !== undefined ? `version ${version}`
    : alias !== undefined ? `alias "${alias}"`
    : stage !== undefined ? `stage "${stage}"`
    : 'version';
  return new ModelError('REVISION_NOT_FOUND', `The registered model "${name}" has no ${wanted}`, {
    subject,
    found: printable(whatThereIs(recordOf(model['registered_model']) ?? {})),
    remedies: ['Name one that there is: `modelVersion`, `modelAlias` or `modelStage`.'],
    cause,
  });
}

/** `alias champion = 3, stage Production = 2, latest version 4` */
function whatThereIs(model: Json): string {
  const latest = recordsOf(model['latest_versions']);
  const aliases = recordsOf(model['aliases']).map(({ alias, version }) => `alias ${String(alias)} = ${String(version)}`);
  const stages = latest
    .filter(({ current_stage: stage }) => typeof stage === 'string' && stage !== 'None')
    .map(({ current_stage: stage, version }) => `stage ${String(stage)} = ${String(version)}`);
  const newest = Math.max(0, ...latest.map(({ version }) => Number(version)));
  return [...aliases, ...stages, newest > 0 ? `latest version ${newest}` : 'no version at all'].join(', ');
}

function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function recordsOf(value: unknown): Json[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.map(recordOf).filter((entry) => entry !== undefined);
}
