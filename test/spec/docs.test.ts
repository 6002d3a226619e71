// Every example of docs/spec.md is parsed: as Nix, as a spec, and against the JSON that follows it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/spec/parse-spec.ts';
import schema from '../../src/spec/schema.json' with { type: 'json' };

const page = readFileSync(join(import.meta.dirname, '../../docs/spec.md'), 'utf8');
const blocks = [...page.matchAll(/^```(nix|json)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text: text ?? '' }));
const examples = blocks.flatMap(({ language, text }, index) => (language === 'nix' ? [{ text, index }] : []));

/** All in one evaluation: starting Nix costs more than the examples. */
function evaluate(expressions: readonly string[]): unknown[] {
  const list = `[ ${expressions.map((text) => `(${text})`).join(' ')} ]`;
  const output = execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '--expr', list], { encoding: 'utf8' });
  return JSON.parse(output) as unknown[];
}

/** The JSON behind an example, or behind the next ones when it follows a series of equal forms. */
function normalisedAfter(index: number): unknown {
  const next = blocks.slice(index + 1).find(({ language }) => language === 'json');
  return next === undefined ? undefined : JSON.parse(next.text);
}

describe('docs/spec.md', () => {
  const specs = evaluate(examples.map(({ text }) => text));

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.each(examples.map(({ text, index }, at) => [text, at, index] as const))('has an example that works: %s', (_, at, index) => {
    const parsed = parseSpec(specs[at]);
    expect(parsed.name.length).toBeGreaterThan(0);
    if (blocks[index + 1]?.language === 'json') expect(parsed).toEqual(normalisedAfter(index));
  });

  it('shows three forms that are one', () => {
    const forms = examples.flatMap(({ text }, at) => (text.includes('v1.0') ? [parseSpec(specs[at])] : []));
    expect(forms).toHaveLength(3);
    expect(new Set(forms.map((form) => JSON.stringify(form))).size).toBe(1);
  });

  it('names every attribute of the schema', () => {
    const { huggingface, urlFile, mlflow, gitLfs, s3, gcs, azure, ollama, oci } = schema.$defs;
    const { security, customScanner, policy } = schema.$defs;
    const sources = [huggingface, urlFile, mlflow, gitLfs, s3, gcs, azure, ollama, oci];
    const parts = [...sources, security, customScanner, policy];
    const objects = [schema.properties, ...parts.map(({ properties }) => properties)];
    const missing = objects.flatMap((properties) => Object.keys(properties)).filter((name) => !page.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});
