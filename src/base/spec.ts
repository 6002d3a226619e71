// The normalised spec: what every module works with after src/spec has parsed what the user wrote.
// Types only. The schema behind it is src/spec/schema.json.

export interface HuggingFaceSource {
  readonly repo: string;
  readonly revision: string;
  readonly repoType: 'model' | 'dataset' | 'space';
  /** The hub's address where the spec names one; else HF_ENDPOINT decides. */
  readonly endpoint?: string | undefined;
}

export interface UrlSourceFile {
  /** The first is preferred, the others are mirrors of the same bytes. */
  readonly urls: readonly string[];
  readonly path: string;
  /** SRI, sha256 or sha512. */
  readonly hash?: string | undefined;
}

export interface UrlSource {
  readonly urls: readonly UrlSourceFile[];
}

/** A tagged union with one key: the kind. A new source adds one optional line here. */
export interface SourceSpec {
  readonly huggingface?: HuggingFaceSource;
  readonly url?: UrlSource;
}

export type SourceKind = keyof SourceSpec;

export interface FilePatterns {
  /** Globs; empty means every file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** One file of a lock entry. */
export interface LockedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What models.lock.json holds of one model. */
export interface LockEntry {
  /** As asked for: its revision may be a branch. */
  readonly source: SourceSpec;
  readonly files?: FilePatterns | undefined;
  /** The commit that the source resolved to. */
  readonly revision?: string | undefined;
  /** Bytes. */
  readonly totalSize: number;
  readonly contents: readonly LockedFile[];
}

export interface Spec {
  readonly name: string;
  readonly version?: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  readonly source: SourceSpec;
  readonly files: FilePatterns;
  /** SRI of the whole tree's NAR. */
  readonly hash?: string | undefined;
  /** SRI per file path. */
  readonly fileHashes?: Readonly<Record<string, string>> | undefined;
  readonly lock?: LockEntry | undefined;
  readonly lazy: boolean;
}
