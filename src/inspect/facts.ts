// What people ask of a model first: its architecture, how long a text it takes, how it is quantised.
// GGUF says so in its metadata, safetensors in the config.json beside it. Pure; what is absent or of
// an odd type is left out.

import type { ModelFile } from '../core/inspect.ts';

export interface Facts {
  readonly architecture?: string | undefined;
  /** Tokens. */
  readonly contextLength?: number | undefined;
  readonly quantisation?: string | undefined;
  /** Of an ONNX model: who made it, and what it computes with. */
  readonly graph?: string | undefined;
}

export interface DtypeCount {
  readonly dtype: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
}

export function factsOfGguf(file: ModelFile): Facts {
  const architecture = textOf(file.metadata['general.architecture']);
  return {
    architecture,
    contextLength: numberOf(file.metadata[`${architecture ?? ''}.context_length`]),
    quantisation: mostly(countDtypes([file])),
  };
}

/** Operators that are named in a line; the metadata has all of them. */
const SHOWN_OPERATORS = 4;

export function factsOfOnnx({ metadata }: Pick<ModelFile, 'metadata'>): Facts {
  const opset = numberOf(recordOf(metadata['opset_import'])['ai.onnx']);
  const operators = Object.entries(recordOf(metadata['operators'])).map(([name, count]) => [name, numberOf(count) ?? 0] as const);
  const most = operators.sort(([, a], [, b]) => b - a).slice(0, SHOWN_OPERATORS);
  const maker = [textOf(metadata['producer_name']), textOf(metadata['producer_version'])].join(' ').trim();
  const parts = [
    opset === undefined ? '' : `opset ${opset}`,
    maker === '' ? '' : `by ${maker}`,
    ...most.map(([name, count]) => `${count} ${name}`),
    operators.length > SHOWN_OPERATORS ? '…' : '',
  ];
  return { graph: parts.filter((part) => part !== '').join(', ') };
}

/** From the text of config.json. */
export function factsOfConfig(text: string): Facts {
  const config = recordOf(parse(text));
  // Models of several parts describe the one that reads text apart.
  const language = { ...config, ...recordOf(config['text_config']) };
  const architectures: unknown = config['architectures'];
  const quantisation = recordOf(config['quantization_config']);
  const bits = numberOf(quantisation['bits']);
  const method = textOf(quantisation['quant_method']);
  return {
    architecture: textOf(Array.isArray(architectures) ? architectures[0] : undefined) ?? textOf(config['model_type']),
    contextLength: numberOf(language['max_position_embeddings']) ?? numberOf(language['n_positions']),
    quantisation: method === undefined || bits === undefined ? method : `${method}, ${bits} bits`,
  };
}

/** Each element type, the one with the most bytes first. */
export function countDtypes(files: readonly Pick<ModelFile, 'tensors'>[]): DtypeCount[] {
  const counts = new Map<string, DtypeCount>();
  for (const { tensors } of files) {
    for (const { dtype, shape, bytes } of tensors) {
      const known = counts.get(dtype) ?? { dtype, tensors: 0, parameters: 0, bytes: 0 };
      counts.set(dtype, {
        dtype,
        tensors: known.tensors + 1,
        parameters: known.parameters + shape.reduce((product, size) => product * size, 1),
        bytes: known.bytes + bytes,
      });
    }
  }
  return [...counts.values()].sort((a, b) => b.bytes - a.bytes);
}

/** Norms and biases stay F32 in a quantised model. */
function mostly(dtypes: readonly DtypeCount[]): string | undefined {
  const [largest, ...others] = dtypes;
  if (largest === undefined || /^B?F\d/.test(largest.dtype)) return undefined;
  return others.length === 0 ? largest.dtype : `mostly ${largest.dtype}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
