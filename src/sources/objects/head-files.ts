// What each chosen object says about itself: its version, and where the store keeps one its sha256.
// A HEAD each, as cheap as the download's own requests; a listing of versions would name every former
// one as well. Shared by s3 and azure; Google's listing says it all.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { printable } from '../printable.ts';
import type { Listing } from './list-objects.ts';

export type Headers = Readonly<Record<string, string>>;

export interface HeadOptions {
  readonly listing: Listing;
  /** The headers of an object; throws where it cannot be had. */
  readonly head: (key: string) => Promise<Headers>;
  readonly pins: (headers: Headers) => Pick<ManifestFile, 'sha256' | 'version'>;
}

/** Enough to hide latency; the stores allow thousands of them in a second. */
const HEADS_AT_ONCE = 16;

export async function headFiles(
  files: readonly ManifestFile[],
  { listing, head, pins }: HeadOptions,
): Promise<ManifestFile[]> {
  return await mapConcurrently(files, HEADS_AT_ONCE, async (file) => {
    const headers = await head(listing.get(file.path)?.key ?? '');
    checkSize(file, headers['content-length']);
    return { ...file, ...pins(headers) };
  });
}

function checkSize({ path, size }: ManifestFile, found: string | undefined): void {
  if (found === undefined || found === String(size)) return;
  throw new ModelError('REMOTE_CHANGED', 'The object changed while its folder was being listed', {
    subject: path,
    wanted: `${size ?? 0} bytes, as listed`,
    found: `${printable(found)} bytes`,
    remedies: ['Run the same command again; if it stays, the store contradicts itself.'],
  });
}
