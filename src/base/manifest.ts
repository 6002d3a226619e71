// A manifest says what a pinned model consists of: a source resolves a spec to it, the downloader
// turns it into a stage, the lock file records it. Plain data; no I/O here.

import type { ModelError } from './errors.ts';
import type { SourceSpec } from './spec.ts';

/** One file of a model. */
export interface ManifestFile {
  /** Path inside the model, POSIX separators, relative, checked by checkPaths. */
  readonly path: string;
  /** Bytes. Absent only where the source does not know it before the download. */
  readonly size?: number | undefined;
  /** Lower-case hexadecimal sha256 of the content, where the source or a pin gives it. */
  readonly sha256?: string | undefined;
  /** Lower-case hexadecimal sha512 of the content, where a pin gives it. */
  readonly sha512?: string | undefined;
  /** Git blob id (sha1 of "blob <size>\0" and the content): what hubs publish for small files. */
  readonly gitBlobSha1?: string | undefined;
  /** Which version of the object: S3's versionId, GCS's generation, Azure's version. Locked too. */
  readonly version?: string | undefined;
}

export interface Manifest {
  /** The source with its moving parts pinned: `revision` is the resolved commit. */
  readonly source: SourceSpec;
  /** The pinned revision, where the source has such a thing. */
  readonly revision?: string | undefined;
  /** Sorted by path, byte order. */
  readonly files: readonly ManifestFile[];
}

/** Where one file can be had now. Asked again when it has expired. */
export interface Locator {
  /** Tried in order: the first is preferred, the others are mirrors. */
  readonly urls: readonly string[];
  /** Sent everywhere. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent to the first URL's origin only, dropped on a redirect to any other. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** The addresses are `file:` ones that the source itself has made, never a server. */
  readonly isLocal?: boolean | undefined;
  /**
   * The source's own reading of an answer that is no success (a gated repository, a bad token);
   * undefined where it knows no more than the status says. `url` is where the answer came from.
   */
  readonly explain?: ((answer: Answer) => ModelError | undefined) | undefined;
}

/** What an unsuccessful answer consists of, apart from its body. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
}

/** A locator for a file of a manifest, from the source that made the manifest. */
export type Locate = (file: ManifestFile, signal?: AbortSignal) => Promise<Locator>;

/** A directory that holds a model's files, every one of them verified. */
export interface Stage {
  readonly directory: string;
  readonly files: readonly StagedFile[];
}

export interface StagedFile {
  readonly path: string;
  readonly size: number;
  /** Lower-case hexadecimal, computed from the bytes that were written. */
  readonly sha256: string;
}

/** Total size in bytes of the files whose size is known. */
export function totalSize(files: readonly { readonly size?: number | undefined }[]): number {
  return files.reduce((sum, file) => sum + (file.size ?? 0), 0);
}
