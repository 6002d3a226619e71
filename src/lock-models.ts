// lockModel: a spec becomes a lock entry, the resolved commit and the sha256 of every file. Where
// the hub publishes a file's sha256 the file is not downloaded; the others are, to be hashed.

import type { Manifest, ManifestFile, StagedFile } from './base/manifest.ts';
import { totalSize } from './base/manifest.ts';
import type { Context } from './context.ts';
import type { LockEntry, LockedFile } from './base/spec.ts';
import { digestSmallFiles, isSmallFile } from './download/digest-small-files.ts';
import { locatorOf, resolveManifest } from './resolve.ts';
import { withScratch } from './scratch.ts';
import { parseSpec } from './spec/parse-spec.ts';
import { withStage } from './stage.ts';

export interface LockedModel {
  readonly name: string;
  readonly entry: LockEntry;
}

export async function lockModel(input: unknown, context: Context): Promise<LockedModel> {
  const spec = parseSpec(input);
  const manifest = await resolveManifest(spec, context);
  const contents = await hashContents(manifest, context);
  const filtered = spec.files.include.length + spec.files.exclude.length > 0;
  const entry: LockEntry = {
    source: spec.source,
    ...(filtered ? { files: spec.files } : {}),
    revision: manifest.revision,
    totalSize: totalSize(contents),
    contents,
  };
  return { name: spec.name, entry };
}

async function hashContents(manifest: Manifest, context: Context): Promise<LockedFile[]> {
  const known = manifest.files.filter(hasDigest);
  const unknown = manifest.files.filter((file) => !hasDigest(file));
  const large = unknown.filter((file) => !isSmallFile(file));
  const hashed = [
    ...(await hashInMemory(unknown.filter(isSmallFile), manifest, context)),
    ...(await hashOnDisk({ ...manifest, files: large }, context)),
  ];
  const versions = new Map(unknown.map(({ path, version }) => [path, version]));
  return [...known, ...hashed.map((file) => ({ ...file, version: versions.get(file.path) }))].map(lockedFile);
}

async function hashInMemory(
  files: Parameters<typeof digestSmallFiles>[0],
  manifest: Manifest,
  context: Context,
): Promise<readonly StagedFile[]> {
  if (files.length === 0) return [];
  return await withScratch(context.cacheDirectory, (scratchDirectory) =>
    digestSmallFiles(files, { ...context, locate: locatorOf(manifest, context, scratchDirectory) }),
  );
}

/** By way of a stage, so that an interrupted run goes on where it was. */
async function hashOnDisk(manifest: Manifest, context: Context): Promise<readonly StagedFile[]> {
  if (manifest.files.length === 0) return [];
  return await withStage(manifest, 'lock', context, async (download) => (await download()).files);
}

function lockedFile({ path, size, sha256, version }: LockedFile): LockedFile {
  return { path, size, sha256, ...(version === undefined ? {} : { version }) };
}

function hasDigest(file: ManifestFile): file is ManifestFile & { size: number; sha256: string } {
  return file.sha256 !== undefined && file.size !== undefined;
}
