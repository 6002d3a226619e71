// verifyModel: are the bytes of a pinned model, in the store or in a directory, the ones that the
// pin names? Reads every byte; asks no hub.

import { ModelError } from './base/errors.ts';
import type { Context } from './context.ts';
import { narHashOfDirectory } from './core/nar-hash.ts';
import { planModel } from './core/plan.ts';
import { requirePin } from './fetch-model.ts';
import type { PinnedPlan } from './fetch-model.ts';
import { verifyDirectory } from './verify/verify-directory.ts';
import type { VerifiedFile } from './verify/verify-directory.ts';

export interface VerifiedModel {
  readonly name: string;
  readonly directory: string;
  readonly ok: boolean;
  /** Set for a pin by `hash`. */
  readonly hash?: { readonly wanted: string; readonly found: string } | undefined;
  /** Set for a pin by file. */
  readonly files?: readonly VerifiedFile[] | undefined;
}

/** Verifies the store path that the pin names, or `directory` where one is given. */
export async function verifyModel(
  input: unknown,
  directory: string | undefined,
  context: Context,
): Promise<VerifiedModel> {
  const store = await context.store();
  const plan = requirePin(planModel(input, store.storeDir));
  const root = directory ?? plan.storePath;
  if (directory === undefined && !(await store.isValidPath(root))) throw notInStore(plan);
  const { name } = plan.spec;
  if (plan.pin === 'hash') {
    const hash = { wanted: plan.hash ?? '', found: await narHashOfDirectory(root, { signal: context.signal }) };
    return { name, directory: root, ok: hash.wanted === hash.found, hash };
  }
  const files = await verifyDirectory(root, plan.files ?? [], { signal: context.signal });
  return { name, directory: root, ok: files.every((file) => file.status === 'ok'), files };
}

function notInStore(plan: PinnedPlan): ModelError {
  return new ModelError('FILE_MISSING', `The model "${plan.spec.name}" is not in the store`, {
    subject: plan.storePath,
    remedies: ['Fetch it first: nix-ai-model fetch, with the same arguments.'],
  });
}
