// The Hugging Face hub, and every server that speaks its protocol (HF_ENDPOINT, `nix-ai-model
// serve`): models, datasets and spaces at a branch, tag, commit or pull request. Large files come
// with their sha256, small ones with a git blob id, so nothing is downloaded to pin a model.

import { ModelError } from '../base/errors.ts';
import type { Manifest } from '../base/manifest.ts';
import type { HuggingFaceSource, SourceSpec } from '../base/spec.ts';
import {
  credentialsOf,
  explain,
  listFiles,
  openRepository,
  resolveCommit,
} from './huggingface/api.ts';
import { fileUrl } from './huggingface/endpoint.ts';
import { selectFiles } from './select-files.ts';
import type { Source } from './source.ts';

export const huggingface: Source = {
  kind: 'huggingface',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const subject = describe(source);
    const repository = openRepository(source, subject, context);
    const revision = await resolveCommit(repository);
    // The commit, not the name that was asked for: a branch may move between two pages.
    const listed = await listFiles(repository, revision);
    const files = selectFiles(listed, patterns, subject);
    return { source: { huggingface: { ...source, revision } }, revision, files };
  },

  locate(manifest, context) {
    const source = pinnedSource(manifest);
    const repository = openRepository(source, describe(source), context);
    const credentials = credentialsOf(repository);
    return ({ path }) =>
      Promise.resolve({
        urls: [fileUrl(repository.endpoint, source, source.revision, path)],
        credentials,
        explain: (answer) => explain(repository, answer, path),
      });
  },

  describe: (spec) => describe(sourceOf(spec)),
};

function describe({ repo, repoType, revision }: HuggingFaceSource): string {
  const prefix = repoType === 'model' ? '' : `${repoType}s/`;
  return `huggingface:${prefix}${repo}@${revision}`;
}

/** A lock keeps the revision as it was asked for beside the commit: the commit is what counts. */
function pinnedSource(manifest: Manifest): HuggingFaceSource {
  const source = sourceOf(manifest.source);
  return { ...source, revision: manifest.revision ?? source.revision };
}

function sourceOf(spec: SourceSpec): HuggingFaceSource {
  if (spec.huggingface !== undefined) return spec.huggingface;
  throw new ModelError('INTERNAL', 'Not a huggingface source');
}
