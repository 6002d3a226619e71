// One file of a model, wherever it lies: on a disk, in the store, on a server. What reads it is
// brought by the pipeline; inspect-entries.ts opens only what it needs.

import type { ReadPart } from '../core/inspect.ts';

export interface ModelEntry {
  /** Inside the model. */
  readonly path: string;
  open(): Promise<OpenEntry>;
}

export interface OpenEntry {
  /** Bytes. */
  readonly size: number;
  readonly read: ReadPart;
  close(): Promise<void>;
}

/** Opens, uses and closes an entry. */
export async function withEntry<T>(entry: ModelEntry, use: (open: OpenEntry) => Promise<T>): Promise<T> {
  const open = await entry.open();
  try {
    return await use(open);
  } finally {
    await open.close();
  }
}
