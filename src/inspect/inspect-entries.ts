// From the files of a model to what the model holds: each file's header, the totals, whether shards
// are missing. Reads headers, indexes and config.json, never a tensor. A broken file among several
// does not hide the others: its error stands in its row.

import { ModelError } from '../base/errors.ts';
import { inspectModelFile } from '../core/inspect.ts';
import type { InspectedTensor, ModelFile } from '../core/inspect.ts';
import { countDtypes, factsOfConfig, factsOfGguf, factsOfOnnx } from './facts.ts';
import type { DtypeCount, Facts } from './facts.ts';
import { withEntry } from './model-entry.ts';
import type { ModelEntry } from './model-entry.ts';
import { checkGgufParts, checkIndex, parseIndex } from './shards.ts';
import type { Sharding } from './shards.ts';

export interface InspectedFile extends Facts {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly format: ModelFile['format'];
  readonly version?: number | undefined;
  readonly tensors: number;
  readonly parameters: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
  readonly headerBytes: number;
  /** Bytes behind the tensors that belong to nothing. */
  readonly trailing: number;
  readonly dtypes: readonly DtypeCount[];
  readonly metadata: ModelFile['metadata'];
  /** Every tensor, where they were asked for. */
  readonly tensorList?: readonly InspectedTensor[] | undefined;
}

export interface BrokenFile {
  readonly path: string;
  readonly error: ModelError;
}

export interface Inspection extends Facts {
  readonly files: readonly InspectedFile[];
  readonly broken: readonly BrokenFile[];
  /** Files that hold no tensors, or in a format that is not read here. */
  readonly others: readonly string[];
  readonly shardings: readonly Sharding[];
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
  readonly dtypes: readonly DtypeCount[];
}

export interface InspectOptions {
  /** Runs one after the other, or some at once, and keeps the order. */
  readonly map: <T, R>(items: readonly T[], action: (item: T) => Promise<R>) => Promise<R[]>;
  readonly listTensors?: boolean | undefined;
}

/** An index names each tensor once: 64 MiB are half a million of them. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_CONFIG_BYTES = 1024 * 1024;

interface ReadFile {
  readonly path: string;
  readonly size: number;
  readonly file: ModelFile;
}

type Row = ReadFile | BrokenFile | undefined;

export async function inspectEntries(
  entries: readonly ModelEntry[],
  options: InspectOptions,
): Promise<Inspection> {
  const isOnly = entries.length === 1;
  const candidates = entries.filter(({ path }) => isOnly || mayHoldTensors(path));
  const rows = await options.map(candidates, (entry) => inspectEntry(entry, isOnly));
  const found = rows.flatMap((row) => (row !== undefined && 'file' in row ? [row] : []));
  const broken = rows.flatMap((row) => (row !== undefined && 'error' in row ? [row] : []));
  const read = new Set([...found, ...broken].map(({ path }) => path));
  const others = entries.map(({ path }) => path).filter((path) => !read.has(path));
  if (read.size === 0) throw nothingToInspect(others);

  const shardings = await checkShards(entries, new Map(found.map(({ path, file }) => [path, file])), broken);
  const files = found.map(({ file }) => file);
  return {
    ...(await readConfig(entries)),
    files: found.map((row) => describe(row, options.listTensors === true)),
    broken,
    others,
    shardings,
    tensors: sum(files.map(({ tensors }) => tensors.length)),
    parameters: sum(files.map(({ parameters }) => parameters)),
    bytes: sum(files.map(({ bytes }) => bytes)),
    dtypes: countDtypes(files),
  };
}

/** By name, since each look costs a request: formats that are read, and names that say nothing (Ollama's). */
function mayHoldTensors(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /\.(safetensors|gguf|npy|npz|pt|pth|bin|ckpt|onnx)$/i.test(name) || !name.includes('.');
}

async function inspectEntry(entry: ModelEntry, isOnly: boolean): Promise<Row> {
  const { path } = entry;
  try {
    return await withEntry(entry, async ({ size, read }) => {
      return { path, size, file: await inspectModelFile(read, size, path) };
    });
  } catch (error) {
    if (!(error instanceof ModelError) || !/^(FORMAT_.*|NO_FILES_MATCH)$/.test(error.code)) throw error;
    if (error.code === 'NO_FILES_MATCH' && !isOnly) return undefined;
    const { code, message, wanted, found, remedies } = error;
    const named = new ModelError(code, message, { subject: path, wanted, found, remedies, cause: error });
    if (isOnly) throw named;
    return { path, error: named };
  }
}

async function checkShards(
  entries: readonly ModelEntry[],
  inspected: ReadonlyMap<string, ModelFile>,
  broken: BrokenFile[],
): Promise<Sharding[]> {
  const paths = new Set(entries.map(({ path }) => path));
  const files = { inspected, exists: (path: string) => paths.has(path) };
  const shardings = checkGgufParts(files);
  for (const entry of entries.filter(({ path }) => /\.(safetensors|bin)\.index\.json$/.test(path))) {
    try {
      const index = parseIndex(await readText(entry, MAX_INDEX_BYTES), entry.path);
      shardings.push(checkIndex(entry.path, index, files));
    } catch (error) {
      if (!(error instanceof ModelError) || !error.code.startsWith('FORMAT_')) throw error;
      broken.push({ path: entry.path, error });
    }
  }
  return shardings;
}

async function readConfig(entries: readonly ModelEntry[]): Promise<Facts> {
  const entry = entries.find(({ path }) => path === 'config.json');
  return entry === undefined ? {} : factsOfConfig(await readText(entry, MAX_CONFIG_BYTES));
}

async function readText(entry: ModelEntry, maxBytes: number): Promise<string> {
  return await withEntry(entry, async ({ size, read }) => {
    if (size > maxBytes) {
      const [wanted, found] = [`at most ${maxBytes} bytes`, `${size} bytes`];
      throw new ModelError('FORMAT_LIMIT', 'The file is too large for what it is', { subject: entry.path, wanted, found });
    }
    return Buffer.from(await read(0, size)).toString('utf8');
  });
}

function describe({ path, size, file }: ReadFile, listTensors: boolean): InspectedFile {
  const { tensors, ...rest } = file;
  return {
    path,
    size,
    ...rest,
    ...(file.format === 'gguf' ? factsOfGguf(file) : {}),
    ...(file.format === 'onnx' ? factsOfOnnx(file) : {}),
    tensors: tensors.length,
    dtypes: countDtypes([file]),
    tensorList: listTensors ? tensors : undefined,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Names in an error message: enough to see what there is. */
const MAX_SHOWN = 8;

function nothingToInspect(others: readonly string[]): ModelError {
  const more = others.length > MAX_SHOWN ? ` and ${others.length - MAX_SHOWN} more` : '';
  return new ModelError('NO_FILES_MATCH', 'There is no file of a format that inspect reads', {
    found: others.slice(0, MAX_SHOWN).join(', ') + more,
    remedies: ['inspect reads safetensors, GGUF, npy, npz, zip checkpoints of PyTorch and ONNX; `nix-ai-model scan` judges every other format.'],
  });
}
