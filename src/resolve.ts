// The two questions that a pipeline asks a source: what does this model consist of, and where can
// this file be had now.

import type { Locate, Manifest } from './base/manifest.ts';
import type { Spec } from './base/spec.ts';
import type { Context } from './context.ts';
import { withScratch } from './scratch.ts';
import { sourceFor } from './sources/registry.ts';

/** Asks the remote: the listing of the pinned revision, filtered by the spec's patterns. */
export async function resolveManifest(spec: Spec, context: Context): Promise<Manifest> {
  context.progress({ type: 'step', text: `resolve ${describeSource(spec)}` });
  return await withScratch(context.cacheDirectory, (scratchDirectory) =>
    sourceFor(spec.source).resolve(spec.source, spec.files, { ...context, scratchDirectory }),
  );
}

/** To be used within the life of `scratchDirectory` (scratch.ts). */
export function locatorOf(manifest: Manifest, context: Context, scratchDirectory: string): Locate {
  return sourceFor(manifest.source).locate(manifest, { ...context, scratchDirectory });
}

/** Short form of a spec's source, such as `huggingface:org/name@main`. */
export function describeSource(spec: Spec): string {
  return sourceFor(spec.source).describe(spec.source);
}
