// Decides which part of which file is fetched next. Small files cost waiting, large ones cost
// bandwidth: while both are left they share the connections, so that neither is wasted.

import type { StagedFile } from '../base/manifest.ts';
import type { FileDownload } from './file-download.ts';
import { partSize, SMALL_FILE_BYTES } from './part-size.ts';

/** Large files under way at once: several cores can hash them, and the early ones are done early. */
const OPEN_LARGE_FILES = 4;

type Work = () => Promise<void>;

export interface PartQueueOptions {
  readonly connections: number;
  readonly onFile: (staged: StagedFile) => void;
}

export class PartQueue {
  readonly #options: PartQueueOptions;
  /** Small files that nobody has begun, the next one last. */
  readonly #small: FileDownload[];
  #smallActive = 0;
  /** Large files that are not finished, in the manifest's order. */
  readonly #large: Set<FileDownload>;

  constructor(downloads: readonly FileDownload[], options: PartQueueOptions) {
    this.#options = options;
    this.#small = downloads.filter(isSmall).reverse();
    this.#large = new Set(downloads.filter((download) => !isSmall(download)));
  }

  /** Undefined where nothing can be begun now: all is claimed, or waits for a first answer. */
  next(): Work | undefined {
    const { connections } = this.#options;
    const share = this.#large.size > 0 ? Math.ceil(connections / 2) : connections;
    const small = this.#smallActive < share ? this.#nextSmall() : undefined;
    return small ?? this.#nextLarge() ?? this.#nextSmall();
  }

  #nextSmall(): Work | undefined {
    const download = this.#small.pop();
    const work = download?.claim(SMALL_FILE_BYTES);
    if (download === undefined || work === undefined) return undefined;
    this.#smallActive += 1;
    return async () => {
      const staged = await work();
      this.#smallActive -= 1;
      // Not finished: it has to start again.
      if (staged === undefined) this.#small.push(download);
      else this.#options.onFile(staged);
    };
  }

  #nextLarge(): Work | undefined {
    const unclaimed = [...this.#large].reduce((sum, download) => sum + download.unclaimedBytes, 0);
    const size = partSize(unclaimed, this.#options.connections);
    const open = [...this.#large].slice(0, OPEN_LARGE_FILES).sort((a, b) => a.active - b.active);
    for (const download of open) {
      const work = download.claim(size);
      if (work !== undefined) return () => this.#run(download, work);
    }
    return undefined;
  }

  async #run(download: FileDownload, work: () => Promise<StagedFile | undefined>): Promise<void> {
    const staged = await work();
    if (staged === undefined) return;
    this.#large.delete(download);
    this.#options.onFile(staged);
  }
}

function isSmall({ file }: FileDownload): boolean {
  return (file.size ?? Infinity) <= SMALL_FILE_BYTES;
}
