// Is a model that lies in several files complete? safetensors and PyTorch have an index that names each
// tensor's file, GGUF counts its parts in their names and its tensors in their metadata. Pure.

import { ModelError } from '../base/errors.ts';
import type { ModelFile } from '../core/inspect.ts';

export interface Sharding {
  /** The index, or what the parts' names have in common. */
  readonly name: string;
  readonly shards: number;
  readonly missingShards: readonly string[];
  /** Named by the index, not in the shard that should have them. */
  readonly missingTensors: readonly string[];
  /** In a shard, not in the index: readers that follow it never see them. */
  readonly unlistedTensors: readonly string[];
  /** A total that the model states of itself and that is another one. Some honest models are wrong. */
  readonly total?: { readonly of: 'bytes' | 'tensors'; readonly stated: number; readonly found: number } | undefined;
  /** No shard and no tensor is missing. */
  readonly complete: boolean;
}

export interface Index {
  readonly weightMap: ReadonlyMap<string, string>;
  /** Bytes of all tensors. */
  readonly totalSize: number | undefined;
}

export interface ModelFiles {
  /** By their path in the model. */
  readonly inspected: ReadonlyMap<string, ModelFile>;
  /** Also true for a file that could not be inspected. */
  readonly exists: (path: string) => boolean;
}

/** The text of a `*.safetensors.index.json` or `pytorch_model.bin.index.json`. */
export function parseIndex(text: string, path: string): Index {
  const value = parseJson(text);
  const map = isRecord(value) ? value['weight_map'] : undefined;
  if (!isRecord(value) || !isRecord(map)) throw badIndex(path, 'it has no `weight_map`');
  const rows = Object.entries(map).map(([tensor, shard]) => {
    if (typeof shard !== 'string') throw badIndex(path, 'a tensor has no file name');
    return [tensor, shard] as const;
  });
  const stated = isRecord(value['metadata']) ? Number(value['metadata']['total_size']) : NaN;
  return { weightMap: new Map(rows), totalSize: Number.isFinite(stated) ? stated : undefined };
}

/** `path` of the index. */
export function checkIndex(path: string, index: Index, { inspected, exists }: ModelFiles): Sharding {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const shards = [...new Set(index.weightMap.values())].map((name) => folder + name).sort();
  const missingShards = shards.filter((shard) => !exists(shard));
  const missingTensors: string[] = [];
  const unlisted = new Map(shards.map((shard) => [shard, tensorNames(inspected.get(shard))]));
  for (const [tensor, name] of index.weightMap) {
    const shard = folder + name;
    if (unlisted.get(shard)?.delete(tensor) !== true && inspected.has(shard)) missingTensors.push(tensor);
  }
  const found = shards.reduce((sum, shard) => sum + (inspected.get(shard)?.bytes ?? 0), 0);
  const isWhole = shards.every((shard) => inspected.has(shard));
  return {
    name: path,
    shards: shards.length,
    missingShards,
    missingTensors,
    unlistedTensors: [...unlisted.values()].flatMap((left) => [...left]),
    total: isWhole ? difference('bytes', index.totalSize, found) : undefined,
    complete: isWhole && missingTensors.length === 0,
  };
}

function tensorNames(file: ModelFile | undefined): Set<string> {
  return new Set(file?.tensors.map(({ name }) => name));
}

/** Parts named `…-00001-of-00003.gguf`, by what stands before. */
export function checkGgufParts(files: ModelFiles): Sharding[] {
  const groups = new Map<string, { prefix: string; count: number }>();
  for (const path of files.inspected.keys()) {
    const [, prefix = '', count = ''] = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(path) ?? [];
    if (count !== '') groups.set(`${prefix}-?????-of-${count}.gguf`, { prefix, count: Number(count) });
  }
  return [...groups].map(([name, { prefix, count }]) => {
    return checkGgufGroup(name, partNames(prefix, count), files);
  });
}

function partNames(prefix: string, count: number): string[] {
  const digits = (value: number): string => String(value).padStart(5, '0');
  return Array.from({ length: count }, (_, i) => `${prefix}-${digits(i + 1)}-of-${digits(count)}.gguf`);
}

function checkGgufGroup(name: string, shards: readonly string[], files: ModelFiles): Sharding {
  const count = shards.length;
  const parts = shards.flatMap((shard) => files.inspected.get(shard) ?? []);
  const isWhole = parts.length === count;
  const stated = parts[0]?.metadata['split.tensors.count'];
  const found = parts.reduce((sum, part) => sum + part.tensors.length, 0);
  const total = isWhole ? difference('tensors', typeof stated === 'number' ? stated : undefined, found) : undefined;
  return {
    name,
    shards: count,
    missingShards: shards.filter((shard) => !files.exists(shard)),
    missingTensors: [],
    unlistedTensors: [],
    total,
    complete: isWhole && total === undefined,
  };
}

function difference(of: 'bytes' | 'tensors', stated: number | undefined, found: number): Sharding['total'] {
  return stated === undefined || stated === found ? undefined : { of, stated, found };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badIndex(path: string, why: string): ModelError {
  return new ModelError('FORMAT_INVALID', `The index of the model's shards cannot be used: ${why}`, { subject: path });
}
