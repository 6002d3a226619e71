// Types of make-model.mjs, for the tests and benches that import it.

export interface Made {
  readonly directory: string;
  /** Sorted by path. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly totalSize: number;
}

export interface ModelOptions {
  readonly shards?: number;
  /** Size of all tensors together. */
  readonly bytes?: number;
  readonly seed?: string;
}

export function makeModel(directory: string, options?: ModelOptions): Made;
export function makeRepository(
  directory: string,
  options?: { readonly files?: number; readonly seed?: string },
): Made;
