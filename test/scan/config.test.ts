// Configurations that name code: found wherever they stand in a file that a loader reads; honest ones pass.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { bytes, EVIL, pickle } from './assemble.ts';
import { ESCAPES, HONEST } from './templates.ts';
import { zip } from './zips.ts';

const scanner = new FileScanner();

interface Judged {
  verdict: string;
  rules: string[];
  globals: (string | undefined)[];
}

function scan(name: string, content: unknown): Judged {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const { verdict, findings } = scanner.scanBytes(Buffer.from(text), name);
  return { verdict, rules: findings.map(({ rule }) => rule), globals: findings.map(({ global }) => global) };
}

const COMPONENTS = {
  _class_name: 'StableDiffusionPipeline', _diffusers_version: '0.8.0', feature_extractor: ['transformers', 'CLIPImageProcessor'],
  safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'], scheduler: ['diffusers', 'PNDMScheduler'],
  image_encoder: [null, null], requires_safety_checker: true,
};

describe('an honest configuration is clean', () => {
  it.each<[string, unknown]>([
    ['config.json', { architectures: ['LlamaForCausalLM'], hidden_size: 4096, rope_scaling: null, torch_dtype: 'bfloat16' }],
    ['config.json', '{"a": NaN, "b": [Infinity, -Infinity], "c": "\\ud800", "d": "\\ud83d\\ude00"}'],
    ['config.json', { auto_map: {}, custom_pipelines: {}, trust_remote_code: false, text_config: { auto_map: null } }],
    ['tokenizer_config.json', { chat_template: HONEST.ChatML, added_tokens_decoder: { 0: { content: '<unk>' } } }],
    ['tokenizer_config.json', { chat_template: Object.entries(HONEST).map(([name, template]) => ({ name, template })) }],
    ['processor_config.json', { chat_template: HONEST['a vision model'] }],
    ['chat_template.json', { chat_template: HONEST['a vision model'] }],
    ['adapter_config.json', { auto_mapping: { base_model_class: 'MPNetModel', parent_library: 'transformers.models.mpnet.modeling_mpnet' } }],
    ['adapter_config.json', { auto_mapping: null, base_model_name_or_path: 'meta-llama/Llama-2-7b', peft_type: 'LORA' }],
    ['model_index.json', COMPONENTS],
    ['modules.json', [{ idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' }]],
    ['config_sentence_transformers.json', { prompts: {} }],
    ['configuration.json', { framework: 'pytorch', task: 'text-generation' }],
    ['tokenizer.json', '{ this is not looked at "auto_map": '],
    ['model.safetensors.index.json', { metadata: {}, weight_map: { auto_map: 'x.y' } }],
    ['tsconfig.json', '{ // a comment\n}'],
  ])('%s %j', (name, content) => {
    expect(scan(name, content)).toMatchObject({ verdict: 'clean', rules: [] });
  });
});

describe('code that a configuration names', () => {
  const AUTO = { AutoConfig: 'configuration_x.XConfig', AutoModelForCausalLM: 'modeling_x.XModel' };

  it.each<[string, unknown]>([
    ['config.json', { auto_map: AUTO }],
    ['sub/dir/config.json', { text_config: { deep: [{ auto_map: AUTO }] } }],
    ['config.4.40.0.json', { auto_map: AUTO }],
    ['Config.JSON', { auto_map: AUTO }],
    ['tokenizer_config.json', { auto_map: { AutoTokenizer: ['tokenization_x.XTokenizer', null] } }],
    ['preprocessor_config.json', { auto_map: { AutoProcessor: 'processing_x.XProcessor' } }],
    ['video_preprocessor_config.json', { auto_map: AUTO }],
    ['generation_config.json', { auto_map: AUTO }],
    ['config.json', '{"\\u0061uto_m\\u0061p": {"AutoModel": "x.Y"}}'],
    ['config.json', '{"auto_map": {}, "a": 1, "auto_map": {"AutoModel": "x.Y"}}'],
    ['config.json', '{"auto_map": {"AutoModel": "x.Y"}, "auto_map": {}}'],
    ['config.json', { custom_pipelines: { mine: { impl: 'pipe.Mine', pt: ['AutoModel'], tf: [] } } }],
    ['adapter_config.json', { auto_mapping: { base_model_class: 'X', parent_library: 'evil.module' } }],
    ['adapter_config.json', { auto_mapping: { parent_library: 'transformers_modules.x.modeling_x' } }],
    ['model_index.json', { ...COMPONENTS, _class_name: ['pipeline', 'MyPipeline'] }],
    ['model_index.json', { ...COMPONENTS, unet: ['my_unet', 'MyUnet'] }],
    ['modules.json', [{ idx: 0, path: '', type: 'custom_st.Transformer' }]],
  ])('is suspicious: %s %j', (name, content) => {
    const { verdict, rules } = scan(name, content);
    expect(verdict).toBe('suspicious');
    expect(new Set(rules)).toEqual(new Set(['repository-code']));
  });

  it('is told by its name', () => {
    expect(scan('config.json', { auto_map: AUTO }).globals).toEqual(['configuration_x.XConfig', 'modeling_x.XModel']);
  });

  it('of another repository is told apart', () => {
    expect(scan('config.json', { auto_map: { AutoModel: 'other/repo--modeling_x.XModel' } }).rules).toEqual(['repository-foreign-code']);
    expect(scan('config.json', { _attn_implementation: 'someone/kernel' }).rules).toEqual(['repository-foreign-code']);
    expect(scan('config.json', { _attn_implementation: 'flash_attention_2' }).verdict).toBe('clean');
  });

  it('is found in the members of an archive', () => {
    const data = Buffer.from(JSON.stringify({ auto_map: AUTO }));
    const report = scanner.scanBytes(zip([{ name: 'm/config.json', data, method: 8 }, { name: 'm/x.txt', data }]), 'm.zip');
    expect(report.findings.map(({ member }) => member)).toEqual(['m/config.json', 'm/config.json']);
  });

  it('may be asked to be trusted, which is worth a note', () => {
    expect(scan('config.json', { trust_remote_code: true })).toMatchObject({ verdict: 'clean', rules: ['repository-trust'] });
  });
});

describe('a chat template in JSON', () => {
  it.each<[string, (template: string) => unknown]>([
    ['tokenizer_config.json', (chat_template) => ({ chat_template })],
    ['tokenizer_config.json', (template) => ({ chat_template: [{ name: 'default', template: 'x' }, { name: 'tool_use', template }] })],
    ['chat_template.json', (chat_template) => ({ chat_template })],
    ['processor_config.json', (chat_template) => ({ deep: { chat_template } })],
    ['processor_config.json', (template) => ({ chat_templates: { a: template } })],
  ])('is judged in %s', (name, make) => {
    for (const template of ESCAPES) expect(scan(name, make(template)).verdict).toBe('malicious');
  });
});

describe('a configuration that cannot be read', () => {
  it.each<[string, string]>([
    ['config.json', '{"a": }'], ['config.json', '{"a": 1'], ['config.json', 'not json'], ['tokenizer_config.json', '{"a": 1} x'],
    ['model_index.json', '{"a": "\x01"}'], ['config.json', `${'['.repeat(200)}${']'.repeat(200)}`], ['config.json', '\ufeff{}'],
    ['config.json', `{"a": "${'x'.repeat(17 * 1024 * 1024)}"}`],
  ])('is unscannable: %s %s', (name, text) => {
    expect(scan(name, text.length > 1000 ? text : text)).toMatchObject({ verdict: 'unscannable', rules: ['config-broken'] });
  });

  it('is judged as what else it may be', () => {
    expect(scanner.scanBytes(pickle(EVIL), 'config.json').verdict).toBe('malicious');
  });
});

describe('what repositories hold besides', () => {
  it.each<[string, string, Buffer]>([
    ['tokenizer.model', 'sentencepiece', bytes('\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02\x0a\x08\x0a\x01a\x15\0\0\x80\xbf')],
    ['spiece.model', 'sentencepiece', bytes('\x0a\x0e\x0a\x05<pad>\x15\0\0\0\0\x18\x03')],
    ['flax_model.msgpack', 'msgpack', bytes('\x82\xa4bert\x81\xaaembeddings\x81\xa4bias\xc7\x10\x01', Buffer.alloc(16))],
    ['model.tflite', 'tflite', bytes('\x1c\0\0\0TFL3', Buffer.alloc(64))],
    ['ggml-base.bin', 'ggml', bytes('lmgg', Buffer.alloc(64, 1))],
    ['model.bin', 'ctranslate2', bytes('\x06\0\0\0\x0c\0WhisperSpec\0', Buffer.alloc(64, 7))],
    ['openvino_model.xml', 'openvino', bytes('<?xml version="1.0"?>\n<net name="Model0" version="11">\n<layers>')],
    ['model.param', 'ncnn', bytes('7767517\n75 83\n')],
  ])('%s is %s', (name, format, data) => {
    expect(scanner.scanBytes(data, name)).toMatchObject({ format, verdict: 'clean' });
  });

  it.each<[string, string, Buffer]>([
    ['kernel.so', 'elf', bytes('\x7fELF\x02\x01\x01', Buffer.alloc(64))],
    ['weights.bin', 'pe', bytes('MZ', Buffer.alloc(58), '\x80\0\0\0', Buffer.alloc(64), 'PE\0\0', Buffer.alloc(64))],
    ['x.dylib', 'mach-o', bytes('\xcf\xfa\xed\xfe', Buffer.alloc(64))],
    ['x.pyc', 'python-bytecode', bytes('\xcb\x0d\x0d\x0a', Buffer.alloc(64))],
  ])('%s is native code', (name, format, data) => {
    const { findings, ...report } = scanner.scanBytes(data, name);
    expect(report).toMatchObject({ format, verdict: 'suspicious' });
    expect(findings).toMatchObject([{ rule: 'native-code' }]);
  });

  it('is no model because it is called one', () => {
    expect(scanner.scanBytes(bytes('\x01\x02\x03'.repeat(50)), 'flax_model.msgpack').verdict).toBe('unscannable');
    expect(scanner.scanBytes(bytes('\x01\x02\x03'.repeat(50)), 'tokenizer.model').verdict).toBe('unscannable');
    expect(scanner.scanBytes(pickle(EVIL), 'flax_model.msgpack').verdict).toBe('malicious');
  });
});
