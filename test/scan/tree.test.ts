// What only a whole directory shows: links, names, missing files, Python, raw weights; and that the usual
// repositories are accepted as they are.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanTree } from '../../src/core/scan-tree.ts';
import { parsePolicy } from '../../src/scan/policy.ts';
import { scanPaths } from '../../src/scan/scan-paths.ts';
import { toSarif } from '../../src/scan/sarif.ts';
import { ggufFile } from '../core/gguf-file.ts';
import { tensor } from '../core/safetensors-cases.ts';
import { bytes, EMPTY_DICT, EVIL, pickle } from './assemble.ts';
import { safetensors } from './safetensors-file.ts';
import { HONEST } from './templates.ts';
import { checkpoint } from './zips.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tree-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function scan(policy: unknown = {}): Promise<{ verdict: string; rules: string[] }> {
  const { verdict, files } = await scanPaths([root], { policy: parsePolicy(policy, 'policy.json') });
  const found = files.flatMap(({ path, findings }) => findings.map(({ rule }) => `${path.slice(root.length + 1)} ${rule}`));
  return { verdict, rules: found.sort() };
}

const WEIGHTS = safetensors({ w: tensor('F32', [4], 0, 16) }, 16);
const RAW = bytes('\x01\x02\x03\x04'.repeat(100));
const CHECKPOINT = checkpoint(pickle(EMPTY_DICT));
const json = (value: unknown): string => JSON.stringify(value);

describe('links', () => {
  const rules = (path: string, target: string, others: readonly string[] = []): string[] => {
    const entries = [{ path, type: 'symlink' as const, target }, ...others.map((path) => ({ path, type: 'file' as const }))];
    return scanTree(entries).map(({ rule }) => rule);
  };
  const hash = 'a'.repeat(32), blob = '0123456789abcdef'.repeat(4);

  it.each([
    ['a', 'b', 'b'], ['d/a', '../b', 'b'], ['d/a', '.././d/b', 'd/b'], ['a', 'd', 'd/x'],
    ['a', `/nix/store/${hash}-model.safetensors`, ''], ['a', `/nix/store/${hash}-model/sub/file`, ''],
    ['a', `../../blobs/${blob}`, ''], ['d/a', `../../../blobs/${blob.slice(0, 40)}`, ''],
  ])('may be %s to %s', (path, target, other) => {
    const entries = other === 'd/x' ? ['d', 'd/x'] : other === '' ? [] : [other];
    expect(rules(path, target, entries)).toEqual([]);
  });

  it.each([
    ['a', '/etc/passwd'], ['a', '../x'], ['d/a', '../../x'], ['a', `../blobs/${blob}`], ['d/a', `../../blobs/${blob}`],
    ['a', `../../blobs/${blob}/../../x`], ['a', '../../blobs/passwd'], ['a', `/nix/store/${hash}-x/../../../etc/passwd`],
    ['a', '/nix/store/short-x'], ['a', '/'],
  ])('may not leave: %s to %s', (path, target) => {
    expect(rules(path, target)).toEqual(['tree-link']);
  });

  it.each([['a', 'b'], ['a', ''], ['d/a', 'b']])('have to lead somewhere: %s to %s', (path, target) => {
    expect(rules(path, target)).toEqual(['tree-broken-link']);
  });

  it('are judged on disk, where those inside may be absolute', async () => {
    write({ 'sub/model.safetensors': WEIGHTS });
    symlinkSync(join(root, 'sub/model.safetensors'), join(root, 'inside.safetensors'));
    expect(await scan()).toEqual({ verdict: 'clean', rules: [] });
    symlinkSync('/etc/hostname', join(root, 'outside.txt'));
    expect(await scan()).toEqual({ verdict: 'suspicious', rules: ['outside.txt tree-link'] });
    const own = await scanPaths([root], { ownLinks: true });
    expect(own.verdict).toBe('clean');
  });
});

describe('names', () => {
  const rules = (...paths: string[]): string[] => scanTree(paths.map((path) => ({ path, type: 'file' }))).map(({ path }) => path);

  it.each([
    'a/../b', '/abs', 'C:x', 'a\\b', 'a\nb', 'a\u0000b', 'a\u202eb', 'CON', 'x/nul.txt', 'a.', 'x'.repeat(300), 'sub/.git/hooks/x',
  ])('are refused: %j', (path) => {
    expect(rules(path)).toEqual([path]);
  });

  it('may not be the same to another file system', () => {
    expect(rules('Model.bin', 'model.bin')).toEqual(['model.bin']);
    expect(rules('caf\u00e9', 'cafe\u0301')).toHaveLength(1);
    expect(rules('A/x', 'a/X')).toHaveLength(1);
    expect(rules('a', 'b', 'a1')).toEqual([]);
  });

  it('of a clone are its own business', () => {
    expect(rules('.git/config', '.git/hooks/pre-commit.sample', 'model.bin')).toEqual([]);
  });
});

describe('what others need', () => {
  it('has to be there', () => {
    const model = { path: 'onnx/model.onnx', type: 'file' as const, format: 'onnx', needs: ['model.onnx_data'] };
    expect(scanTree([model])).toMatchObject([{ path: 'onnx/model.onnx', rule: 'tree-missing', severity: 'unscannable' }]);
    expect(scanTree([model, { path: 'onnx/model.onnx_data', type: 'file' }])).toEqual([]);
    expect(scanTree([{ ...model, needs: ['../../x'] }])).toMatchObject([{ rule: 'tree-missing' }]);
  });

  it('is explained by them', () => {
    const model = { path: 'model.onnx', type: 'file' as const, format: 'onnx', needs: ['weights.bin'] };
    const found = scanTree([model, { path: 'weights.bin', type: 'file', format: 'unknown' }]);
    expect(found).toMatchObject([{ path: 'weights.bin', rule: 'raw-weights', severity: 'note', answers: 'unknown-format' }]);
    expect(scanTree([model, { path: 'weights.bin', type: 'file', format: 'pickle' }])).toEqual([]);
  });
});

describe('Python beside a model', () => {
  it('is a note, and suspicious where a configuration names it', async () => {
    write({ 'config.json': '{}', 'modeling_x.py': 'x', 'model.safetensors': WEIGHTS });
    expect(await scan()).toEqual({ verdict: 'clean', rules: ['modeling_x.py python-file'] });
    write({ 'config.json': json({ auto_map: { AutoModel: 'modeling_x.X' } }) });
    expect(await scan()).toEqual({ verdict: 'suspicious', rules: ['config.json repository-code', 'modeling_x.py repository-python'] });
    expect(await scan({ allowRemoteCode: true })).toEqual({ verdict: 'clean', rules: [] });
    write({ 'model.bin': pickle(EVIL) });
    expect((await scan({ allowRemoteCode: true })).verdict).toBe('malicious');
  });
});

describe('raw weights', () => {
  const IR = '<?xml version="1.0"?>\n<net name="m" version="11">\n<layers></layers></net>';
  it.each<[string, Record<string, string | Uint8Array>]>([
    ['OpenVINO', { 'openvino/openvino_model.xml': IR, 'openvino/openvino_model.bin': RAW }],
    ['ncnn', { 'a.ncnn.param': '7767517\n1 1\n', 'a.ncnn.bin': RAW }],
    ['Core ML', { 'x.mlpackage/Data/com.apple.CoreML/weights/weight.bin': RAW, 'x.mlpackage/Manifest.json': '{}' }],
    ['MLC', { 'ndarray-cache.json': '{}', 'params_shard_0.bin': RAW }],
  ])('of %s are explained by what lies beside them', async (_, files) => {
    write(files);
    const { verdict, rules } = await scan();
    expect(verdict).toBe('clean');
    expect(rules.map((rule) => rule.split(' ')[1])).toEqual(['raw-weights']);
  });

  it('are not explained by a file that is something else, nor when they are a pickle', async () => {
    write({ 'a.xml': '<html>', 'a.bin': RAW });
    expect(await scan()).toEqual({ verdict: 'unscannable', rules: ['a.bin unknown-format'] });
    write({ 'a.xml': IR, 'a.bin': pickle(EVIL) });
    expect((await scan()).verdict).toBe('malicious');
  });
});

describe('the usual repositories are clean', () => {
  const config = { 'config.json': json({ architectures: ['X'] }), 'README.md': '# x', 'tokenizer.json': '{"model": {}}', '.gitattributes': '*.bin lfs' };
  const vocabulary = bytes('\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02\x0a\x08\x0a\x01a\x15\0\0\x80\xbf');
  it.each<[string, Record<string, string | Uint8Array>]>([
    ['llama', {
      ...config, 'model-00001-of-00002.safetensors': WEIGHTS, 'model-00002-of-00002.safetensors': WEIGHTS, 'tokenizer.model': vocabulary,
      'model.safetensors.index.json': '{}', 'generation_config.json': '{}', 'special_tokens_map.json': '{}', 'LICENSE': 'x', 'USE_POLICY.md': 'x',
      'tokenizer_config.json': json({ chat_template: HONEST['Llama 3 with tools'] }), 'original/params.json': '{}',
    }],
    ['bert', {
      ...config, 'pytorch_model.bin': CHECKPOINT, 'model.safetensors': WEIGHTS, 'vocab.txt': '[PAD]', 'tf_notes.txt': 'x',
      'flax_model.msgpack': bytes('\x82\xa4bert\x81\xaaembeddings\x81\xa4bias\xc7\x10\x01', Buffer.alloc(16)),
    }],
    ['whisper', { ...config, 'model.safetensors': WEIGHTS, 'preprocessor_config.json': '{}', 'normalizer.json': '{}', 'vocab.json': '{}', 'merges.txt': 'a b' }],
    ['faster-whisper', { ...config, 'model.bin': bytes('\x06\0\0\0\x0c\0WhisperSpec\0', Buffer.alloc(64, 7)), 'vocabulary.json': '[]' }],
    ['stable diffusion', {
      'model_index.json': json({ _class_name: 'StableDiffusionPipeline', unet: ['diffusers', 'UNet2DConditionModel'], safety_checker: ['stable_diffusion', 'X'] }),
      'unet/config.json': '{}', 'unet/diffusion_pytorch_model.safetensors': WEIGHTS, 'vae/config.json': '{}', 'scheduler/scheduler_config.json': '{}',
      'text_encoder/model.safetensors': WEIGHTS, 'tokenizer/merges.txt': 'a b', 'v1.ckpt': CHECKPOINT,
    }],
    ['sentence transformers', {
      ...config, 'modules.json': json([{ idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' }]), 'model.safetensors': WEIGHTS,
      '1_Pooling/config.json': '{}', 'openvino/openvino_model.xml': '<?xml version="1.0"?><net name="m"><layers>', 'openvino/openvino_model.bin': RAW,
    }],
    ['GGUF', { 'README.md': 'x', 'm.Q4_K_M.gguf': ggufFile({ metadata: [['tokenizer.chat_template', { type: 'string', value: HONEST.ChatML ?? '' }]] }) }],
  ])('%s', async (_, files) => {
    write(files);
    const { verdict, rules } = await scan();
    expect(rules.filter((rule) => !rule.endsWith(' raw-weights'))).toEqual([]);
    expect(verdict).toBe('clean');
  });
});

describe('findings about a directory in reports', () => {
  it('are in SARIF, under the entry that they are about', async () => {
    symlinkSync('/nowhere/x', join(root, 'gone'));
    const report = await scanPaths([root]);
    expect(report.files).toMatchObject([{ format: 'symlink', verdict: 'suspicious', findings: [{ rule: 'tree-link', offset: 0 }] }]);
    const sarif = toSarif(report) as { runs: { results: { ruleId: string; ruleIndex: number }[] }[] };
    expect(sarif.runs[0]?.results).toMatchObject([{ ruleId: 'tree-link' }]);
    expect(sarif.runs[0]?.results[0]?.ruleIndex).toBeGreaterThan(0);
  });

  it('are not about formats that a policy does not list', async () => {
    write({ 'model.safetensors': WEIGHTS, 'CON': 'x' });
    expect(await scan({ allowFormats: ['safetensors', 'text'] })).toMatchObject({ rules: ['CON tree-name'] });
  });
});
