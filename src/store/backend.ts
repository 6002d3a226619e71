// What both ways into a store offer: the daemon's protocol (daemon-store.ts) and, where that cannot
// be had, Nix's commands (command-store.ts). nix-store.ts chooses and adds the policy.

export interface PathInfo {
  readonly path: string;
  /** Lower-case hexadecimal sha256 of the path's NAR. */
  readonly narHash: string;
  readonly narSize: number;
  readonly references: readonly string[];
  /** `fixed:sha256:…`, `fixed:r:sha256:…`, `text:…`; empty for a path that is not content-addressed. */
  readonly contentAddress: string;
}

/** A symbolic link of a tree: where it lies in the tree, and the store path it points to. */
export interface Link {
  readonly path: string;
  readonly target: string;
}

/** Where the bytes come from: a file as it is, the NAR of a directory, or a small NAR at hand. */
export type Content =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'tree'; readonly directory: string }
  | { readonly kind: 'nar'; readonly nar: Uint8Array; readonly references: readonly string[] };

export interface Addition {
  readonly name: string;
  readonly content: Content;
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hexadecimal digest of the file or NAR. Other bytes do not enter the store. */
  readonly wanted?: string | undefined;
}

export interface Added {
  readonly info: PathInfo;
  /** Lower-case hexadecimal digest of the bytes that were added. */
  readonly digest: string;
}

export interface StoreBackend {
  isValidPath(path: string): Promise<boolean>;
  queryPathInfo(path: string): Promise<PathInfo | undefined>;
  /** Keeps the garbage collector off a path, valid or not, until close. */
  addTempRoot(path: string): Promise<void>;
  add(addition: Addition): Promise<Added>;
  close(): Promise<void>;
}
