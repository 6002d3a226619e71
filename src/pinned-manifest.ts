// From a plan that pins each file to what has to be downloaded: fetchModel and the builder of
// nix/lib ask it. A lock says everything, so that a pinned file costs no listing of its repository.

import type { Manifest } from './base/manifest.ts';
import { ModelError } from './base/errors.ts';
import type { Context } from './context.ts';
import type { Plan, PlannedFile } from './core/plan.ts';
import { resolveManifest } from './resolve.ts';

/** `files` are the plan's, or those of them that are missing. */
export async function pinnedManifest(
  { spec, revision }: Plan,
  files: readonly PlannedFile[],
  context: Context,
): Promise<Manifest> {
  // Also where a listing is not allowed, or no longer what it was.
  if (spec.lock !== undefined) return { source: spec.source, revision, files };
  // File hashes without a lock: the listing gives the sizes, the commit and what is not there.
  const listed = await resolveManifest({ ...spec, files: { include: [], exclude: [] } }, context);
  return { ...listed, files: files.map((file) => ({ ...listedFile(listed, file.path), ...file })) };
}

function listedFile(listed: Manifest, path: string): Manifest['files'][number] {
  const file = listed.files.find((candidate) => candidate.path === path);
  if (file !== undefined) return file;
  throw new ModelError('ENTRY_NOT_FOUND', 'A file that `fileHashes` names is not in the repository', {
    subject: path,
  });
}
