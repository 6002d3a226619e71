// The parser of specs and the JSON Schema, held against one table of good and bad ones.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { planModel } from '../../src/core/plan.ts';
import { parseShortForm, parseSpec } from '../../src/spec/parse-spec.ts';
import schema from '../../src/spec/schema.json' with { type: 'json' };
import { BAD, COMMIT, GOOD, lockEntry } from './cases.ts';
import { BAD_SOURCES, GOOD_SOURCES } from './source-cases.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
ajv.addKeyword('x-supported');
const validate = ajv.compile(schema);

describe('a spec with', () => {
  it.each(GOOD)('%s is normalised', (_, input, wanted) => {
    expect(parseSpec(input)).toEqual(wanted);
  });

  it.each(GOOD)('%s is normalised once and for all', (_, input) => {
    const once = parseSpec(input);
    expect(parseSpec(once)).toEqual(once);
  });

  it.each(GOOD)('%s is valid by the schema, before and after', (_, input) => {
    expect([validate(input), validate.errors]).toEqual([true, null]);
    expect([validate(parseSpec(input)), validate.errors]).toEqual([true, null]);
  });
});

describe('a spec with', () => {
  it.each(BAD)('%s is refused', (_, input, code, message) => {
    expect(() => parseSpec(input)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it.each(BAD.filter(([, , , , seenBy]) => seenBy === 'schema'))('%s is refused by the schema too', (_, input) => {
    expect(validate(input)).toBe(false);
  });
});

describe('the source', () => {
  it.each(GOOD_SOURCES)('%j is normalised, once and for all', (source, name, wanted) => {
    const spec = parseSpec({ source });
    expect([spec.name, spec.source]).toEqual([name, wanted]);
    expect(parseSpec(spec)).toEqual(spec);
  });

  it.each(GOOD_SOURCES)('%j is valid by the schema, before and after', (source, _, wanted) => {
    expect([validate({ source }), validate.errors]).toEqual([true, null]);
    expect([validate({ source: wanted }), validate.errors]).toEqual([true, null]);
  });

  it.each(BAD_SOURCES)('%j is refused', (source, message) => {
    const run = (): unknown => parseSpec({ source });
    expect(run).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^SPEC_(INVALID|UNKNOWN_ATTRIBUTE)$/) as string,
        message: expect.stringContaining(message) as string,
      }),
    );
    expect(run).not.toThrow(/hunter2/);
  });

  it('is compared with the locked one by what makes it another model', () => {
    const lock = { ...lockEntry, source: { s3: { bucket: 'my-models', prefix: 'a', endpoint: 'http://127.0.0.1:1' } } };
    const moved = parseSpec({ source: 's3://my-models/a?endpoint=http://127.0.0.1:2', lock });
    expect(moved.source.s3?.endpoint).toBe('http://127.0.0.1:2');
    expect(parseSpec({ source: 's3://my-models/a', lock }).source.s3?.endpoint).toBe('http://127.0.0.1:1');
    expect(() => parseSpec({ source: 's3://my-models/b', lock })).toThrow(/another source/);
    expect(() => parseSpec({ source: 'gs://my-models/a', lock })).toThrow(/another source/);
  });

  it.each([
    ['ollama:m', 'ollama:m:7b', 'sha256:x', 'latest'],
    ['git-lfs:https://h/r', 'git-lfs:https://h/r@main', COMMIT, 'HEAD'],
  ])('%s is the one that was locked, whatever its version; %s is another', (open, other, revision, asked) => {
    const locked = parseSpec({ source: open });
    const lock = { ...lockEntry, source: locked.source, revision };
    expect(parseSpec({ source: open, lock }).source).toEqual(locked.source);
    expect(JSON.stringify(locked.source)).toContain(asked);
    expect(() => parseSpec({ source: other, lock })).toThrow(/another revision/);
  });

  it('of MLflow may name the version that a stage was resolved to', () => {
    const lock = { ...lockEntry, source: { mlflow: { modelName: 'm', modelStage: 'Production' } }, revision: '3' };
    expect(parseSpec({ source: 'mlflow:m/3', lock }).source.mlflow).toEqual({ modelName: 'm', modelVersion: '3' });
    expect(() => parseSpec({ source: 'mlflow:m/4', lock })).toThrow(/another revision/);
  });

  it('of Git LFS locks its selection', () => {
    const source = { 'git-lfs': { url: 'https://h/r', lfsFiles: ['*.bin'] } };
    const lock = { ...lockEntry, source: parseSpec({ source }).source };
    expect(parseSpec({ source: 'git-lfs:https://h/r', lock }).source['git-lfs']?.lfsFiles).toEqual(['*.bin']);
    const other = { 'git-lfs': { url: 'https://h/r', lfsFiles: ['*.pt'] } };
    expect(() => parseSpec({ source: other, lock })).toThrow(/other `lfsFiles`/);
  });
});

describe('the parser', () => {
  it('keeps the version of an object', () => {
    const contents = [{ ...lockEntry.contents[0], version: '1712345' }];
    const lock = { source: { gcs: { bucket: 'my-models' } }, contents };
    expect(parseSpec({ lock }).lock?.contents).toEqual(contents);
    expect(planModel({ lock }, '/nix/store').files?.map(({ version }) => version)).toEqual(['1712345']);
  });

  it('knows which versions never move', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const revision = (source: string): unknown => planModel({ source }, '/nix/store').revision;
    expect(revision(`oci:ghcr.io/a/b@${digest}`)).toBe(digest);
    expect(revision(`git-lfs:https://h/r@${COMMIT}`)).toBe(COMMIT);
    expect(revision('mlflow:m/3')).toBe('3');
    expect(['mlflow:m/Production', 'ollama:m', 'git-lfs:https://h/r@v1', 's3://my-models'].map(revision)).toEqual(
      [undefined, undefined, undefined, undefined],
    );
  });

  it('never repeats a password', () => {
    const run = (): unknown => parseSpec({ source: 'https://user:hunter2@e.org/x' });
    expect(run).toThrow(/password/);
    expect(run).not.toThrow(/hunter2/);
    try {
      run();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });

  it('names the attributes that there are', () => {
    expect(() => parseSpec({ source: 'hf:a/b', zzz: 1 })).toThrow(
      expect.objectContaining({ remedies: [expect.stringMatching(/^Known here: name .* lazy /)] }),
    );
  });

  it('says what was wanted and found', () => {
    expect(() => parseSpec({ source: { huggingface: { repo: 7 } } })).toThrow(
      expect.objectContaining({ wanted: 'a text', found: 'the number 7' }),
    );
  });

  it('reads short forms for the command line', () => {
    expect(parseShortForm('hf:org/name@v1').source.huggingface?.revision).toBe('v1');
  });

  it.each([undefined, null, 'text', true, [], Number.NaN])('refuses %s', (input) => {
    expect(() => parseSpec(input)).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });

  it('keeps sizes beyond 2^53 exact', () => {
    // As text, because JavaScript's numbers cannot hold them.
    const size = 2 ** 53 - 2;
    const contents = [{ ...lockEntry.contents[0], size }];
    expect(parseSpec({ lock: { ...lockEntry, totalSize: size, contents } }).lock?.totalSize).toBe(size);
  });
});

describe('the schema', () => {
  it('describes every attribute', () => {
    const objects = [schema, ...Object.values(schema.$defs)].filter((part) => 'properties' in part);
    const bare = objects.flatMap(({ properties }) =>
      Object.entries(properties).filter(([, property]) => typeof property === 'object' && !('description' in property)),
    );
    expect(bare.map(([name]) => name).sort()).toEqual(BARE);
  });
});

/** Attributes whose names say it all, or that only repeat others. */
const BARE = [
  'azure', 'gcs', 'git-lfs', 'huggingface', 'mlflow', 'models', 'oci', 'ollama', 'path', 's3', 'url', 'version',
];
