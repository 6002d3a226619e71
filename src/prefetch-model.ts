// prefetchModel: downloads a model that is not pinned yet, puts it into the store and tells its
// hash, so that the user can write it into an expression and the next build finds it there.

import { totalSize } from './base/manifest.ts';
import type { Context } from './context.ts';
import { planModel } from './core/plan.ts';
import type { Plan } from './core/plan.ts';
import { resolveManifest } from './resolve.ts';
import { noteOtherScanners, recordAccepted, scanStage } from './scan-model.ts';
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
  const store = await context.store();
  const plan = unpinned(planModel(input, store.storeDir));
  const { spec } = plan;
  noteOtherScanners(spec, context);
  const manifest = await resolveManifest(spec, context);
  return await withStage(manifest, 'tree', context, async (download) => {
    const stage = await download();
    const accepted = await scanStage(plan, stage, context);
    const added = await store.addTree({ name: spec.name, directory: stage.directory });
    const pinned = { ...spec, hash: added.narHash, fileHashes: undefined, lock: undefined };
    if (accepted) await recordAccepted(planModel(pinned, store.storeDir), context);
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

/** As if nothing pinned the model: what arrives decides. */
function unpinned(plan: Plan): Plan {
  const scan = plan.scan === null ? null : { ...plan.scan, key: undefined };
  return { ...plan, pin: null, storePath: undefined, files: undefined, scan };
}
