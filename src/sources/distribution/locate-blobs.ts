// Where the files of a pinned artifact can be had: every one by its digest, so a lock needs nothing
// but the sha256 of each. The right to read is asked for once, and again when it has expired.

import { ModelError } from '../../base/errors.ts';
import type { Locate, Locator, Manifest, ManifestFile } from '../../base/manifest.ts';
import { blobUrl, isDigest, manifestUrl } from './address.ts';
import { explain, type Repository, requestAccess } from './repository.ts';
import type { Credentials } from './token.ts';

type Access = Promise<Credentials | undefined>;

export function locateBlobs(repository: Repository, manifest: Manifest): Locate {
  const revision = manifest.revision ?? repository.address.reference;
  const access = sharedAccess(() => requestAccess(repository, revision));
  return async (file) => ({
    ...addressOf(repository, revision, file),
    credentials: await access(file.path),
    explain: (answer) => explain(repository, answer, file.path),
  });
}

/** A file's digest is its blob's; the one that is the revision itself is the manifest. */
function addressOf(
  { address, accept }: Repository,
  revision: string,
  { sha256, path }: ManifestFile,
): Locator {
  if (sha256 === undefined) {
    throw new ModelError('LOCK_INVALID', 'A registry has files by sha256 only, and none is known', {
      subject: path,
    });
  }
  const digest = `sha256:${sha256}`;
  if (digest !== revision) return { urls: [blobUrl(address, digest)] };
  // Not every registry finds manifests by their digest: ollama.com has them among its blobs, and a
  // tag that has not moved does as well. The bytes have to fit the digest in any case.
  const { reference } = address;
  const tag = isDigest(reference) ? [] : [manifestUrl(address, reference)];
  const urls = [manifestUrl(address, digest), blobUrl(address, digest), ...tag];
  return { urls, headers: { accept } };
}

/** One right for all files; asked for anew when a file comes back with the one that it had. */
function sharedAccess(ask: () => Access): (path: string) => Access {
  const given = new Map<string, Access>();
  let current: Access | undefined;
  return (path) => {
    if (current === undefined || given.get(path) === current) current = ask();
    given.set(path, current);
    return current;
  };
}
