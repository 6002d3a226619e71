// What builtins.fetchModel says to a wrong argument: the code, the remedy and the place of the call,
// and nothing of the plugin's insides.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse-spec.ts';
import { makeModel, remove, scratch, type TestModel } from './models.ts';
import { impureEval, nix, pureEval, WHY_NOT } from './nix-run.ts';

describe.skipIf(WHY_NOT)(`builtins.fetchModel and wrong arguments${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let model: TestModel;

  beforeAll(async () => {
    folder = await scratch();
    model = await makeModel(folder);
  });
  afterAll(() => remove(folder));

  /** The error of a call in the second line of an expression. */
  async function errorOf(argument: string, evaluate = pureEval): Promise<string> {
    const { status, stderr } = await evaluate(`\n  builtins.fetchModel ${argument}`);
    expect(status).toBe(1);
    expect(stderr).not.toMatch(/std::|nlohmann|ai_models|basic_string|\[json/);
    return stderr;
  }

  const cases: Record<string, readonly [argument: string, ...expected: string[]]> = {
    'an argument that is no set': ['(x: x)', 'takes an attribute set', 'SPEC_INVALID'],
    'a function inside': ['{ source.huggingface.repo = x: x; }', '`source.huggingface.repo` is a function'],
    'a path inside': ['{ source = ./model; }', '`source` is a path', 'SPEC_INVALID'],
    'a set that contains itself': ['(let a = { source = a; }; in a)', 'nested too deeply'],
    'an unknown attribute': ['{ source.huggingface.repo = "o/m"; hsah = "x"; }', 'hash', 'SPEC_UNKNOWN_ATTRIBUTE'],
    'a wrong type': ['{ source.huggingface.repo = 1; }', 'repo', 'SPEC_INVALID'],
    'a malformed hash': ['{ source.huggingface.repo = "o/m"; hash = "sha256-x"; }', 'ENCODING_INVALID'],
    'text that is not UTF-8': [
      '{ name = builtins.substring 0 1 "é"; source.huggingface.repo = "o/m"; }',
      'not UTF-8',
    ],
  };
  for (const [what, [argument, ...expected]] of Object.entries(cases))
    it(`names the fault and the place for ${what}`, async () => {
      const error = await errorOf(argument);
      for (const part of expected) expect(error).toContain(part);
      expect(error).toMatch(/at «string»:2:\d+/);
      expect(error).toContain('what to do:');
    });

  for (const evaluate of [pureEval, impureEval])
    it(`prints the command that gives the hash where there is no pin (${evaluate.name})`, async () => {
      const error = await errorOf('{ source.huggingface = { repo = "org/m"; revision = "v2"; }; }', evaluate);
      expect(error).toContain('SPEC_MISSING_PIN');
      expect(error).toContain('nix-ai-model prefetch huggingface:org/m@v2');
      expect(error).toContain('nix-ai-model lock m=huggingface:org/m@v2');
    });

  const sources = [
    'huggingface:datasets/org/m@v2',
    'https://example.org/m.bin',
    's3://bucket/folder',
    'gs://bucket/folder',
    'azure://account/container/folder',
    'mlflow:https://mlflow.example.org#m@champion',
    'git-lfs:https://example.org/m.git@v2',
    'ollama:llama2:7b',
    'oci:registry.example.org/a/m:v2',
  ];
  it.each(sources)('prints a command that means the same source: %s', async (source) => {
    const error = await errorOf(`{ name = "m"; source = "${source}"; }`);
    const printed = /`nix-ai-model prefetch (\S+)`/.exec(error)?.[1] ?? '';
    expect(parseSpec({ name: 'm', source: printed })).toEqual(parseSpec({ name: 'm', source }));
  });

  it.each(sources)('asks restricted evaluation for the address of %s', async (source) => {
    const words = ['--option', 'restrict-eval', 'true', '--option', 'allowed-uris', 'https://elsewhere.org'];
    const call = `builtins.fetchModel { name = "m"; source = "${source}"; hash = "${model.hash}"; }`;
    const { status, stderr } = await nix('nix-instantiate', [...words, '--eval', '--strict', '-E', call]);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/access to URI .* is forbidden in restricted mode/);
  });

  const places: readonly (readonly [attribute: string, argument: string])[] = [
    ['hash', '{ source = "hf:o/m";\n      hash = "sha256-x"; }'],
    ['source.huggingface.repo', '{ source.huggingface = {\n      repo = 1; }; }'],
    ['files.include[0]', '{ source = "hf:o/m"; files = {\n      include = [ 3 ]; }; }'],
    ['hsah', '{ source = "hf:o/m";\n      hsah = 1; }'],
    ['name', '{ source = "hf:o/m";\n      name = "/"; }'],
    ['a function in `url`', '{ source = {\n      url = x: x; }; }'],
  ];
  it.each(places)('points at the attribute: %s', async (_, argument) => {
    expect(await errorOf(argument)).toContain('at «string»:3:7');
  });

  it('lets the error of a thunk through as it is', async () => {
    const error = await errorOf('{ source.huggingface.repo = throw "from the thunk"; }');
    expect(error).toContain('error: from the thunk');
  });

  it('can be caught with tryEval like any throw of an expression', async () => {
    const { stdout } = await pureEval('(builtins.tryEval (builtins.fetchModel { hash = throw "no"; })).success');
    expect(stdout.trim()).toBe('false');
  });

  it('says so when the helper program is not there', async () => {
    const error = await errorOf(model.expression);
    expect(error).toContain('Cannot run the helper program: No such file or directory [HELPER_FAILED]');
    expect(error).toContain('/no-helper-in-this-test');
  });
});
