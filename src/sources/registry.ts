// Every source there is: one line per kind.

import { ModelError } from '../base/errors.ts';
import type { SourceKind, SourceSpec } from '../base/spec.ts';
import { azure } from './azure.ts';
import { gcs } from './gcs.ts';
import { gitLfs } from './git-lfs.ts';
import { huggingface } from './huggingface.ts';
import { mlflow } from './mlflow.ts';
import { oci } from './oci.ts';
import { ollama } from './ollama.ts';
import { s3 } from './s3.ts';
import type { Source } from './source.ts';
import { url } from './url.ts';

const SOURCES: Readonly<Partial<Record<SourceKind, Source>>> = {
  azure,
  gcs,
  'git-lfs': gitLfs,
  huggingface,
  mlflow,
  ollama,
  oci,
  s3,
  url,
};

/** The source that a normalised spec names. */
export function sourceFor(spec: SourceSpec): Source {
  const kinds = Object.keys(SOURCES) as SourceKind[];
  const kind = kinds.find((candidate) => spec[candidate] !== undefined);
  const source = kind === undefined ? undefined : SOURCES[kind];
  if (source !== undefined) return source;
  throw new ModelError('SPEC_INVALID', 'The spec names no source that this version knows', {
    wanted: kinds.join(' or '),
    found: Object.keys(spec).join(', '),
  });
}
