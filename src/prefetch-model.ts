// prefetchModel: downloads a model that is not pinned yet, puts it into the store and tells its
// hash, so that the user can write it into an expression and the next build finds it there.

import { totalSize } from './base/manifest.ts';
import type { Context } from './context.ts';
import { resolveManifest } from './resolve.ts';
import { parseSpec } from './spec/parse-spec.ts';
import { withStage } from './stage.ts';

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
  return await withStage(manifest, 'tree', context, async (download) => {
    const stage = await download();
    const store = await context.store();
    const added = await store.addTree({ name: spec.name, directory: stage.directory });
    return {
      name: spec.name,
      hash: added.narHash,
      storePath: added.path,
      revision: manifest.revision,
      totalSize: totalSize(stage.files),
      files: stage.files,
    };
  });
}
