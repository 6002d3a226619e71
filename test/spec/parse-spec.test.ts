// The parser of specs and the JSON Schema, held against one table of good and bad ones.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseShortForm, parseSpec } from '../../src/spec/parse-spec.ts';
import schema from '../../src/spec/schema.json' with { type: 'json' };
import { BAD, GOOD, lockEntry } from './cases.ts';

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

describe('the parser', () => {
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
const BARE = ['huggingface', 'models', 'path', 'source', 'source', 'url', 'version'];
