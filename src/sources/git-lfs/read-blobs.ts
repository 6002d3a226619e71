// The content of many files of a git repository through one `git cat-file --batch`: read into
// memory (pointers) or written to files (everything that Git LFS does not keep). Never smudged.

import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ModelError } from '../../base/errors.ts';
import { gitError } from './git-errors.ts';
import { exitOf, type GitOptions, startGit, tail } from './run-git.ts';

interface Blob {
  readonly id: string;
  /** Has to be read to its end. */
  readonly content: AsyncIterable<Buffer>;
}

/** The contents of small files, by git's names for them. */
export async function readBlobs(ids: Iterable<string>, options: GitOptions): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for await (const { id, content } of blobsOf(ids, options)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    contents.set(id, Buffer.concat(chunks));
  }
  return contents;
}

/** Each as a file in the folder, named as git names it. */
export async function writeBlobs(ids: Iterable<string>, folder: string, options: GitOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  for await (const { id, content } of blobsOf(ids, options)) {
    await pipeline(content, createWriteStream(join(folder, id)));
  }
}

/** `<id> SP blob SP <size> LF <content> LF` for each id, in order. */
async function* blobsOf(ids: Iterable<string>, options: GitOptions): AsyncGenerator<Blob, void> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return;
  const child = startGit(['cat-file', '--batch'], options);
  const stderr = tail(child);
  const exit = exitOf(child, options.signal);
  // Looked at below, once reading has shown that there is something to look at.
  exit.catch(() => undefined);
  child.stdin.on('error', () => undefined).end(`${wanted.join('\n')}\n`);
  const output = new ByteReader(child.stdout);
  try {
    for (const id of wanted) {
      const header = await output.line();
      const size = /^[0-9a-f]+ blob (\d+)$/.exec(header ?? '')?.[1];
      if (size === undefined) {
        child.kill();
        await exit;
        throw gitError(stderr() || (header ?? 'git cat-file ended early'), options.directory ?? '');
      }
      yield { id, content: output.bytes(Number(size)) };
      await output.line();
    }
  } finally {
    child.kill();
    await exit.catch(() => undefined);
  }
}

/** Lines and counted bytes from one stream, in turn. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end >= 0) {
        const text = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return text;
      }
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer, void> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw new ModelError('IO', 'git cat-file ended in the middle of a file');
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }
}
