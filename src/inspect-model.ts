// inspectModel and inspectPath: what does a model consist of, without loading it, and where it is
// remote without downloading it. Headers are read, through ranges where it lies on a server.

import { relative } from 'node:path';
import { statSync } from 'node:fs';
import { ModelError } from './base/errors.ts';
import type { Locate, Manifest, ManifestFile } from './base/manifest.ts';
import type { Context } from './context.ts';
import { FIRST_READ_BYTES } from './core/inspect.ts';
import { planModel } from './core/plan.ts';
import { openRemoteParts } from './download/remote-part.ts';
import { requirePin } from './fetch-model.ts';
import { inspectEntries } from './inspect/inspect-entries.ts';
import type { Inspection } from './inspect/inspect-entries.ts';
import { localEntry } from './inspect/local-entry.ts';
import type { ModelEntry } from './inspect/model-entry.ts';
import { describeSource, locatorOf, resolveManifest } from './resolve.ts';
import { findFiles } from './scan/find-files.ts';
import { withScratch } from './scratch.ts';
import { mapConcurrently } from './sources/map-concurrently.ts';
import { parseSpec } from './spec/parse-spec.ts';

export interface InspectedModel extends Inspection {
  /** The path, or the source in its short form. */
  readonly model: string;
  readonly revision?: string | undefined;
}

export interface InspectModelOptions {
  readonly listTensors?: boolean | undefined;
}

/** A file, or all files below a directory. */
export async function inspectPath(
  path: string,
  context: Context,
  options: InspectModelOptions = {},
): Promise<InspectedModel> {
  const { files, unread } = findFiles([path]);
  const [first] = unread;
  if (first !== undefined) throw new ModelError('IO', `Cannot be read: ${first.error}`, { subject: first.path });
  const isDirectory = statSync(path).isDirectory();
  const entries = files.map((file) => {
    return localEntry(isDirectory ? relative(path, file.path) : path, file.path);
  });
  return { model: path, ...(await inspectAll(entries, context, options)) };
}

/** A model by its spec: in the store where a lock says so and it is there, else on its hub. */
export async function inspectModel(
  input: unknown,
  context: Context,
  options: InspectModelOptions = {},
): Promise<InspectedModel> {
  const spec = parseSpec(input);
  const locked = spec.lock === undefined ? undefined : await planInStore(input, context);
  if (locked?.isThere === true) return await inspectPath(locked.storePath, context, options);
  // A lock says everything; else the hub is asked.
  const manifest = locked?.manifest ?? (await resolveManifest(spec, context));
  return await withScratch(context.cacheDirectory, async (scratchDirectory) => {
    const locate = locatorOf(manifest, context, scratchDirectory);
    const entries = manifest.files.map((file) => remoteEntry(file, { ...context, locate }));
    const inspection = await inspectAll(entries, context, options);
    return { model: describeSource(spec), revision: manifest.revision, ...inspection };
  });
}

interface LockedModel {
  readonly storePath: string;
  readonly isThere: boolean;
  readonly manifest: Manifest;
}

async function planInStore(input: unknown, context: Context): Promise<LockedModel> {
  const store = await context.store();
  const { spec, storePath, revision, files = [] } = requirePin(planModel(input, store.storeDir));
  const isThere = await store.isValidPath(storePath);
  return { storePath, isThere, manifest: { source: spec.source, revision, files } };
}

function remoteEntry(file: ManifestFile, options: Context & { readonly locate: Locate }): ModelEntry {
  return {
    path: file.path,
    async open() {
      const { size, read } = await openRemoteParts(file, { ...options, firstRead: FIRST_READ_BYTES });
      return { size, read, close: () => Promise.resolve() };
    },
  };
}

function inspectAll(
  entries: readonly ModelEntry[],
  context: Context,
  options: InspectModelOptions,
): Promise<Inspection> {
  return inspectEntries(entries, {
    ...options,
    map: (items, action) => mapConcurrently(items, context.connections, action),
  });
}
