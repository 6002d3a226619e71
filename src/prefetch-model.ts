// prefetchModel: downloads a model that is not pinned yet, puts it into the store and tells its
// hash, so that the user can write it into an expression and the next build finds it there.

import { totalSize } from './base/manifest.ts';
import type { Context } from './context.ts';
import { resolveManifest } from './resolve.ts';
import { parseSpec } from './spec/parse-spec.ts';
import { discardStage, stageManifest } from './stage.ts';

export interface PrefetchedModel {
  readonly name: string;
  /** SRI of the tree's NAR: what `hash` wants. */
  readonly hash: string;
  readonly storePath: string;
  readonly revision?: string | undefined;
  /** Bytes. */
  readonly totalSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
}

export async function prefetchModel(input: unknown, context: Context): Promise<PrefetchedModel> {
  const spec = parseSpec(input);
  const manifest = await resolveManifest(spec, context);
  const stage = await stageManifest(manifest, 'tree', context);
  const store = await context.store();
  const added = await store.addTree({ name: spec.name, directory: stage.directory });
  await discardStage(manifest, 'tree', context);
  return {
    name: spec.name,
    hash: added.narHash,
    storePath: added.path,
    revision: manifest.revision,
    totalSize: totalSize(stage.files),
    files: stage.files,
  };
}
