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

/** A registered model of an MLflow tracking server. One of version, stage and alias is set. */
export interface MlflowSource {
  /** Without a slash at its end. Where the spec names none, MLFLOW_TRACKING_URI decides. */
  readonly trackingUri?: string | undefined;
  readonly modelName: string;
  readonly modelVersion?: string | undefined;
  /** Resolved to a version when the model is locked; so is the alias. */
  readonly modelStage?: string | undefined;
  readonly modelAlias?: string | undefined;
}

export interface GitLfsSource {
  /** https, http, ssh, file, the scp-like form `git@host:path`, or an absolute path. */
  readonly url: string;
  /** Commit, tag or branch; `HEAD` where the spec names none. */
  readonly rev: string;
  /** Globs: which LFS files belong to the model; empty means every one. Other files always do. */
  readonly lfsFiles: readonly string[];
}

export interface S3Source {
  readonly bucket: string;
  /**
   * A folder, without slashes at its ends; empty for the whole bucket. Only objects below it; their
   * paths in the model leave it out.
   */
  readonly prefix: string;
  readonly region?: string | undefined;
  /** A server that speaks S3, such as http://127.0.0.1:9000; addressed by path unless told otherwise. */
  readonly endpoint?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  /** Requests are not signed. */
  readonly anonymous?: boolean | undefined;
  readonly profile?: string | undefined;
}

export interface GcsSource {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  readonly anonymous?: boolean | undefined;
}

export interface AzureSource {
  readonly account: string;
  readonly container: string;
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  readonly anonymous?: boolean | undefined;
}

/** A model of an Ollama registry, or any artifact of an OCI registry. */
export interface RegistrySource {
  /** `https://registry.ollama.ai`, `https://ghcr.io`; http only where the spec says so. */
  readonly registry: string;
  /** `library/llama2`, `org/name`. */
  readonly repository: string;
  /** A tag, or `sha256:…`, the digest of the manifest. */
  readonly reference: string;
}

/** A tagged union with one key: the kind. A new source adds one optional line here. */
export interface SourceSpec {
  readonly huggingface?: HuggingFaceSource;
  readonly url?: UrlSource;
  readonly mlflow?: MlflowSource;
  readonly 'git-lfs'?: GitLfsSource;
  readonly s3?: S3Source;
  readonly gcs?: GcsSource;
  readonly azure?: AzureSource;
  readonly ollama?: RegistrySource;
  readonly oci?: RegistrySource;
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
  /** As in ManifestFile: which version of the object, where the store keeps several. */
  readonly version?: string | undefined;
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

/** A program that a build runs on a model; `$out` is the model's folder. */
export interface CustomScanner {
  readonly name: string;
  readonly command: string;
}

/** What the scanner accepts; src/scan/policy.ts applies it. */
export interface PolicySpec {
  /** Absent: every format. */
  readonly allowFormats?: readonly string[] | undefined;
  readonly allowGlobals: readonly string[];
  readonly allowLibraryGlobals: boolean;
  readonly allowRemoteCode: boolean;
  readonly failOn: readonly ('malicious' | 'suspicious' | 'unscannable')[];
}

export interface SecuritySpec {
  readonly enablePickleScan: boolean;
  readonly failOnScanError: boolean;
  readonly enableModelScan: boolean;
  /** The path of the modelscan program. */
  readonly modelScan?: string | undefined;
  readonly customScanners: readonly CustomScanner[];
  readonly policy: PolicySpec;
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
  /** Absent where every default holds. */
  readonly security?: SecuritySpec | undefined;
  readonly lazy: boolean;
}
