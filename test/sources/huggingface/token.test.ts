import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/base/errors.ts';
import { findToken, reasonToWithhold } from '../../../src/sources/huggingface/token.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'nix-ai-models-token-'));
  for (const [folder, token] of [['.cache/huggingface', 'home'], ['hf', 'hf-home'], ['xdg/huggingface', 'xdg']]) {
    mkdirSync(join(home, folder ?? ''), { recursive: true });
    writeFileSync(join(home, folder ?? '', 'token'), `hf_${token ?? ''}\n`);
  }
  writeFileSync(join(home, 'chosen'), '  hf_chosen \r\n');
  writeFileSync(join(home, 'two'), 'hf_one hf_two');
});
afterAll(() => { rmSync(home, { recursive: true }); });

const where = (environment: Record<string, string>): unknown => findToken({ HOME: home, ...environment });

describe('the token', () => {
  it('comes from the first place that has one', () => {
    const everywhere = {
      HF_TOKEN: ' hf_variable\n',
      HUGGING_FACE_HUB_TOKEN: 'hf_legacy',
      HF_TOKEN_PATH: join(home, 'chosen'),
      HF_HOME: join(home, 'hf'),
      XDG_CACHE_HOME: join(home, 'xdg'),
    };
    const order = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH', 'HF_HOME', 'XDG_CACHE_HOME'] as const;
    const rest: Partial<typeof everywhere> = { ...everywhere };
    const found: unknown[] = [where(rest)];
    for (const name of order) {
      rest[name] = '';
      found.push(where(rest));
    }
    expect(found).toEqual([
      { value: 'hf_variable', from: 'HF_TOKEN' },
      { value: 'hf_legacy', from: 'HUGGING_FACE_HUB_TOKEN' },
      { value: 'hf_chosen', from: join(home, 'chosen') },
      { value: 'hf_hf-home', from: join(home, 'hf/token') },
      { value: 'hf_xdg', from: join(home, 'xdg/huggingface/token') },
      { value: 'hf_home', from: join(home, '.cache/huggingface/token') },
    ]);
  });

  it('is absent where none of the places has one', () => {
    expect(where({ HOME: join(home, 'nowhere') })).toBeUndefined();
    expect(where({ HF_TOKEN_PATH: join(home, 'missing') })).toBeUndefined();
    expect(where({ HF_TOKEN_PATH: join(home, 'chosen/below-a-file') })).toBeUndefined();
  });

  it.each(['1', 'true', 'YES', 'on'])('stays unused where HF_HUB_DISABLE_IMPLICIT_TOKEN is %s', (value) => {
    expect(where({ HF_TOKEN: 'hf_x', HF_HUB_DISABLE_IMPLICIT_TOKEN: value })).toBeUndefined();
  });

  it('that cannot be read is an error that names the file', () => {
    expect(() => where({ HF_TOKEN_PATH: home })).toThrow(expect.objectContaining({ code: 'IO', subject: home }));
  });

  it('that cannot be one is an error that does not show it', () => {
    const path = join(home, 'two');
    const attempt = (): unknown => where({ HF_TOKEN_PATH: path });
    expect(attempt).toThrow(ModelError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'AUTH_INVALID' }));
    expect(attempt).toThrow(expect.not.stringContaining('hf_one'));
  });
});

describe('the token is sent to', () => {
  it.each([
    ['the hub', 'https://huggingface.co', {}, true],
    ['the mirror in HF_ENDPOINT', 'https://mirror.test/hf', { HF_ENDPOINT: 'https://mirror.test/hf/' }, true],
    ['this machine, even unencrypted', 'http://127.0.0.1:8080', {}, true],
    ['no mirror without encryption', 'http://mirror.test', { HF_ENDPOINT: 'http://mirror.test' }, false],
    ['no hub that only a spec names', 'https://evil.test', {}, false],
    ['no hub that only looks like the real one', 'https://huggingface.co.evil.test', {}, false],
  ])('%s', (_, endpoint, environment, sent) => {
    expect(reasonToWithhold(endpoint, environment) === undefined).toBe(sent);
  });
});
