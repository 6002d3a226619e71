// Makes models that are real to every reader of their format and the same on every machine: the
// quickstart, the tests and the benches serve and fetch them. Plain JavaScript, Node's own modules
// only, so that it runs before any build. It must stay deterministic: tests pin its digests.
//
//   node scripts/make-model.mjs DIRECTORY [MEBIBYTES] [SHARDS]

import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 4 * MIB;
/** Columns of every matrix: the model's hidden size. */
const HIDDEN = 1024;
const NORM_BYTES = HIDDEN * 4;
const ROW_BYTES = HIDDEN * 2;
const MATRICES = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj',
  'mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'];
/** One row for each matrix is the least that a shard can hold. */
const LEAST_SHARD_BYTES = NORM_BYTES + MATRICES.length * ROW_BYTES;

/**
 * Writes a sharded safetensors model: one decoder layer per shard, F16 matrices and one F32 norm.
 * `bytes` is the size of all tensors together; it is rounded down to whole rows per shard.
 * @param {string} directory made when missing
 * @param {{ shards?: number, bytes?: number, seed?: string }} [options]
 * @returns {{ directory: string, files: { path: string, size: number }[], totalSize: number }}
 */
export function makeModel(directory, { shards = 4, bytes = 64 * MIB, seed = 'nix-ai-models' } = {}) {
  const shardBytes = Math.floor(bytes / shards);
  if (!Number.isSafeInteger(shards) || shards < 1 || shardBytes < LEAST_SHARD_BYTES) {
    throw new RangeError(`a shard has at least ${LEAST_SHARD_BYTES} bytes: ${bytes} in ${shards}`);
  }
  mkdirSync(directory, { recursive: true });
  const shardName = (index) => `model-${fiveDigits(index + 1)}-of-${fiveDigits(shards)}.safetensors`;
  const weightMap = {};
  let tensorBytes = 0;
  const files = [];
  for (let layer = 0; layer < shards; layer++) {
    const path = shardName(layer);
    const tensors = layerTensors(layer, shardBytes);
    for (const name of Object.keys(tensors)) weightMap[name] = path;
    const dataBytes = Object.values(tensors).at(-1).data_offsets[1];
    tensorBytes += dataBytes;
    const header = safetensorsHeader(tensors);
    writeShard(join(directory, path), header, keystream(`${seed}/${layer}`), dataBytes);
    files.push({ path, size: header.length + dataBytes });
  }
  const index = { metadata: { total_size: tensorBytes }, weight_map: weightMap };
  const texts = smallFiles(shards, json(index));
  return finish(directory, texts, files);
}

/**
 * Writes a repository of many small files in folders of a hundred, for what depends on the number of
 * files and not on their size.
 * @param {string} directory made when missing
 * @param {{ files?: number, seed?: string }} [options]
 * @returns {{ directory: string, files: { path: string, size: number }[], totalSize: number }}
 */
export function makeRepository(directory, { files = 1000, seed = 'nix-ai-models' } = {}) {
  const texts = {};
  for (let number = 0; number < files; number++) {
    const folder = String(Math.floor(number / 100)).padStart(3, '0');
    const digest = createHash('sha256').update(`${seed}/${number}`).digest('hex');
    texts[`data/${folder}/entry-${fiveDigits(number)}.json`] = json({ number, digest });
  }
  return finish(directory, texts, []);
}

/** The tensors of one layer with contiguous offsets, in file order. */
function layerTensors(layer, shardBytes) {
  const rows = Math.floor((shardBytes - NORM_BYTES) / ROW_BYTES);
  const each = Math.floor(rows / MATRICES.length);
  const tensors = {};
  let offset = 0;
  const add = (name, dtype, shape, size) => {
    const data_offsets = [offset, offset + size];
    tensors[`model.layers.${layer}.${name}.weight`] = { dtype, shape, data_offsets };
    offset += size;
  };
  add('input_layernorm', 'F32', [HIDDEN], NORM_BYTES);
  MATRICES.forEach((name, place) => {
    // The last matrix takes the rows that the division leaves over.
    const own = place === MATRICES.length - 1 ? rows - each * place : each;
    add(name, 'F16', [own, HIDDEN], own * ROW_BYTES);
  });
  return tensors;
}

/** Length and JSON, padded with spaces so that the tensors begin at a multiple of eight. */
function safetensorsHeader(tensors) {
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...tensors });
  const body = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(body.length));
  return Buffer.concat([length, body]);
}

/** AES in counter mode over zeros: as random as weights look, and gigabytes per second. */
function keystream(seed) {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
}

function writeShard(file, header, cipher, dataBytes) {
  const zeros = Buffer.alloc(CHUNK_BYTES);
  const descriptor = openSync(file, 'w');
  try {
    writeSync(descriptor, header);
    for (let left = dataBytes; left > 0; left -= CHUNK_BYTES) {
      const chunk = cipher.update(zeros.subarray(0, Math.min(left, CHUNK_BYTES)));
      writeSync(descriptor, keepFinite(chunk));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Clears the top exponent bit of each F16 and F32: no NaN, no infinity, all below two. */
function keepFinite(chunk) {
  const words = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length / 4);
  for (let place = 0; place < words.length; place++) words[place] &= 0xbfffbfff;
  return chunk;
}

const README = `---
license: mit
library_name: transformers
---

# A model for tests

Deterministic noise in the shape of a small Llama.
`;

function smallFiles(layers, index) {
  const words = ['<unk>', '<s>', '</s>', 'a', 'model', 'for', 'tests'];
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  return {
    'README.md': README,
    'config.json': json({
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      torch_dtype: 'float16',
      hidden_size: HIDDEN,
      num_hidden_layers: layers,
      num_attention_heads: 16,
      vocab_size: words.length,
      bos_token_id: 1,
      eos_token_id: 2,
    }),
    'model.safetensors.index.json': index,
    'tokenizer.json': json({
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordLevel', vocab, unk_token: '<unk>' },
    }),
    'tokenizer_config.json': json({
      tokenizer_class: 'PreTrainedTokenizerFast',
      unk_token: '<unk>',
      bos_token: '<s>',
      eos_token: '</s>',
    }),
  };
}

/** Writes the texts and lists everything, sorted by path. */
function finish(directory, texts, written) {
  const files = [...written];
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    files.push({ path, size: Buffer.byteLength(text) });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { directory, files, totalSize: files.reduce((sum, file) => sum + file.size, 0) };
}

const fiveDigits = (number) => String(number).padStart(5, '0');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [directory, mebibytes = '64', shards = '4'] = process.argv.slice(2);
  if (directory === undefined) {
    console.error('usage: node scripts/make-model.mjs DIRECTORY [MEBIBYTES] [SHARDS]');
    process.exit(2);
  }
  const made = makeModel(directory, { bytes: Number(mebibytes) * MIB, shards: Number(shards) });
  console.log(`${made.directory}: ${made.files.length} files, ${made.totalSize} bytes`);
}
