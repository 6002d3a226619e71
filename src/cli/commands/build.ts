// `nix-ai-model build`: the builder of fixed-output derivations (nix/lib). Reads the spec from the
// environment variable `spec` and writes the model to `out`; Nix itself then checks the hash.

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../base/errors.ts';
import { variable } from '../../base/env.ts';
import type { Manifest } from '../../base/manifest.ts';
import type { Progress } from '../../base/progress.ts';
import type { Context } from '../../context.ts';
import { planModel } from '../../core/plan.ts';
import { pinnedManifest } from '../../pinned-manifest.ts';
import { resolveManifest } from '../../resolve.ts';
import { downloadInto } from '../../stage.ts';
import { nixProgress } from '../../store/nix-progress.ts';

/** Nothing here depends on where the store is. */
const NO_STORE = '/nix/store';

export async function buildCommand(given: Context): Promise<void> {
  const { environment } = given;
  const out = required(environment['out'], 'out');
  const top = variable(environment, 'NIX_BUILD_TOP') ?? variable(environment, 'TMPDIR') ?? '/tmp';
  // A build has no home, and what it leaves in its own folder goes away with it.
  const context = { ...given, cacheDirectory: join(top, 'cache') };
  const manifest = await manifestOf(JSON.parse(required(environment['spec'], 'spec')), context);
  const journal = join(top, 'journal');
  if (environment['outputHashMode'] !== 'flat') {
    await mkdir(out, { recursive: true });
    await downloadInto(manifest, context, out, journal);
    return;
  }
  const stage = await downloadInto(manifest, context, join(top, 'stage'), journal);
  const [file] = stage.files;
  if (file === undefined || stage.files.length !== 1) {
    throw new ModelError('NO_FILES_MATCH', 'A flat output is one file', { found: `${stage.files.length} files` });
  }
  await copyFile(join(stage.directory, file.path), out);
}

/** A file's pin is in the spec, the hash of a whole model is Nix's own business. */
async function manifestOf(input: unknown, context: Context): Promise<Manifest> {
  const plan = planModel(input, NO_STORE);
  if (plan.pin !== 'files') return await resolveManifest(plan.spec, context);
  return await pinnedManifest(plan, plan.files ?? [], context);
}

/** Progress as the lines that Nix shows as its own download display. */
export function builderProgress(stderr: NodeJS.WritableStream): Progress {
  const linesOf = nixProgress(Date.now);
  return (event) => {
    for (const line of linesOf(event)) stderr.write(`${line}\n`);
  };
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new ModelError('USAGE', `The environment variable \`${name}\` is not set`, {
    remedies: ['This command is the builder of a Nix derivation and not meant to be called by hand.'],
  });
}
