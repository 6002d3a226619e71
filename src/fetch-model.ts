// fetchModel: a pinned spec becomes a verified store path. This is the project's main job as a list
// of steps; each step is a module of its own.

import type { Manifest, Stage } from './base/manifest.ts';
import { ModelError } from './base/errors.ts';
import type { Context } from './context.ts';
import { planModel } from './core/plan.ts';
import type { Plan, PlannedFile } from './core/plan.ts';
import { pinnedManifest } from './pinned-manifest.ts';
import { describeSource, resolveManifest } from './resolve.ts';
import { noteOtherScanners, scanStage, scanStorePath } from './scan-model.ts';
import { withStage } from './stage.ts';
import type { NixStore } from './store/nix-store.ts';

export interface FetchedModel {
  readonly name: string;
  readonly storePath: string;
  /** False where the path was valid already and nothing was asked of any hub. */
  readonly fetched: boolean;
  readonly hash?: string | undefined;
  readonly revision?: string | undefined;
}

/** A plan whose store path is known before a byte is fetched. */
export type PinnedPlan = Plan & { readonly pin: 'hash' | 'files'; readonly storePath: string };

/** Fetches a model by its pin. `input` is a spec as the user wrote it (docs/spec.md). */
export async function fetchModel(input: unknown, context: Context): Promise<FetchedModel> {
  const store = await context.store();
  const plan = requirePin(planModel(input, store.storeDir));
  noteOtherScanners(plan.spec, context);
  if (await store.isValidPath(plan.storePath)) return await validModel(plan, context);

  const manifest = await missingManifest(plan, store, context);
  return await withStage(manifest, plan.pin === 'hash' ? 'tree' : 'files', context, async (download) => {
    // Whoever had the stage before may have added the model.
    if (await store.isValidPath(plan.storePath)) return await validModel(plan, context);
    const stage = await download();
    await scanStage(plan, stage, context);
    await addToStore(plan, stage, store, context);
    return fetchedModel(plan, true);
  });
}

/** A model that is there already: cached, substituted or added by hand, and perhaps never looked at. */
async function validModel(plan: PinnedPlan, context: Context): Promise<FetchedModel> {
  await scanStorePath(plan, plan.storePath, context);
  return fetchedModel(plan, false);
}

/** The plan, or an error that prints the command which gives the missing hash. */
export function requirePin(plan: Plan): PinnedPlan {
  if (plan.pin !== null && plan.storePath !== undefined) return plan as PinnedPlan;
  const source = describeSource(plan.spec);
  throw new ModelError('SPEC_MISSING_PIN', 'The model is not pinned: it needs `hash`, `fileHashes` or `lock`', {
    subject: plan.spec.name,
    remedies: [
      `nix-ai-model prefetch ${source}    prints the hash of the whole model`,
      `nix-ai-model lock ${source}    pins each file, without downloading weights`,
    ],
  });
}

/** What has to be downloaded: everything for a tree hash, the missing files for a pin by file. */
async function missingManifest(plan: PinnedPlan, store: NixStore, context: Context): Promise<Manifest> {
  if (plan.pin === 'hash') return await resolveManifest(plan.spec, context);
  return await pinnedManifest(plan, await missingFiles(plan.files ?? [], store), context);
}

async function missingFiles(files: readonly PlannedFile[], store: NixStore): Promise<PlannedFile[]> {
  const valid = await Promise.all(files.map((file) => store.isValidPath(file.storePath)));
  return files.filter((_, index) => valid[index] !== true);
}

async function addToStore(plan: PinnedPlan, stage: Stage, store: NixStore, context: Context): Promise<void> {
  context.progress({ type: 'step', text: `add ${plan.storePath}` });
  if (plan.pin === 'hash') {
    await store.addTree({ name: plan.spec.name, directory: stage.directory, narHash: plan.hash });
    return;
  }
  const wanted = new Map((plan.files ?? []).map((file) => [file.path, file]));
  for (const { path, sha256 } of stage.files) {
    const storePath = wanted.get(path)?.storePath;
    if (storePath === undefined) continue;
    await store.addFile({ name: storeNameOf(storePath), file: `${stage.directory}/${path}`, sha256 });
  }
  const links = (plan.files ?? []).map(({ path, storePath }) => ({ path, target: storePath }));
  await store.addLinks({ name: plan.spec.name, links });
}

/** The name part of a store path: what follows the digest. */
function storeNameOf(storePath: string): string {
  const base = storePath.slice(storePath.lastIndexOf('/') + 1);
  return base.slice(base.indexOf('-') + 1);
}

function fetchedModel(plan: PinnedPlan, fetched: boolean): FetchedModel {
  const { spec, storePath, hash, revision } = plan;
  return { name: spec.name, storePath, fetched, hash, revision };
}
