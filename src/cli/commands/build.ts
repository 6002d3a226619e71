// `nix-ai-model build`: the builder of fixed-output derivations (nix/lib). Reads the spec from the
// environment variable `spec` and writes the model to `out`; Nix itself then checks the hash.

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../base/errors.ts';
import { variable } from '../../base/env.ts';
import type { Progress } from '../../base/progress.ts';
import type { Context } from '../../context.ts';
import { resolveManifest } from '../../resolve.ts';
import { parseSpec } from '../../spec/parse-spec.ts';
import { downloadInto } from '../../stage.ts';
import { nixProgress } from '../../store/nix-progress.ts';

export async function buildCommand(given: Context): Promise<void> {
  const { environment } = given;
  const out = required(environment['out'], 'out');
  const top = variable(environment, 'NIX_BUILD_TOP') ?? variable(environment, 'TMPDIR') ?? '/tmp';
  // A build has no home, and what it leaves in its own folder goes away with it.
  const context = { ...given, cacheDirectory: join(top, 'cache') };
  const spec = parseSpec(JSON.parse(required(environment['spec'], 'spec')) as unknown);
  const manifest = await resolveManifest(spec, context);
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
