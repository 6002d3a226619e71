// Models of object stores through the pipelines: real servers (Swift, Azurite), a lock, a fetch into a
// real store after the objects have changed; and the built command line, whose bundle holds the vendors'
// credential libraries. The examples of the docs are tried as well.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { fetchModel } from '../../src/fetch-model.ts';
import { lockModel } from '../../src/lock-models.ts';
import { sourceFor } from '../../src/sources/registry.ts';
import { parseSpec } from '../../src/spec/parse-spec.ts';
import { ACCOUNT, type Azurite, hasAzurite, startAzurite } from './azure/azurite.ts';
import { openPipeline, type Pipeline } from './pipeline-context.ts';
import { hasSwift, startSwift, type Swift, WRITER } from './s3/swift.ts';

const WEIGHTS = 'weights '.repeat(300_000);
const PROGRAM = join(import.meta.dirname, '../../bin/nix-ai-model');

const skipped = hasSwift && hasAzurite ? '' : ' (skipped: python3-swift or azurite is not installed)';

describe.skipIf(skipped !== '')(`a model of an object store${skipped}`, () => {
  let swift: Swift;
  let azurite: Azurite;
  let pipeline: Pipeline;
  let folder: string;
  let context: Context;

  beforeAll(async () => {
    [swift, azurite] = await Promise.all([startSwift(), startAzurite()]);
    await swift.createBucket('models', { versioned: true });
    await azurite.createContainer('models');
    for (const [name, body] of [['tiny/config.json', '{}'], ['tiny/weights/a.weights', WEIGHTS]] as const) {
      await swift.put('models', name, body);
      await azurite.put('models', name, body);
    }
    const keys = { ...WRITER, AZURE_STORAGE_KEY: azurite.key };
    pipeline = await openPipeline((HOME) => ({ ...keys, HOME }));
    ({ folder, context } = pipeline);
  });
  afterAll(async () => {
    await Promise.all([pipeline.close(), swift.close(), azurite.close()]);
  });

  const sourceOf = (kind: string): unknown =>
    kind === 's3'
      ? { s3: { bucket: 'models', prefix: 'tiny', endpoint: swift.url, region: 'us-east-1' } }
      : { azure: { account: ACCOUNT, container: 'models', prefix: 'tiny', endpoint: azurite.endpoint } };

  it.each(['s3', 'azure'])('of %s is locked, fetched by its lock, and known the next time', async (kind) => {
    const { name, entry } = await lockModel({ name: `tiny-${kind}`, source: sourceOf(kind) }, context);
    expect(entry.contents.map(({ path, size }) => [path, size])).toEqual([
      ['config.json', 2],
      ['weights/a.weights', WEIGHTS.length],
    ]);
    const spec = { name, lock: entry };
    // Below the prefix there is more now, and the list would tell: a lock does not ask for it.
    if (kind === 's3') await swift.put('models', 'tiny/weights/a.weights', 'replaced');
    const fetched = await fetchModel(spec, context);
    expect(fetched).toMatchObject({ fetched: true });
    expect(await readFile(join(fetched.storePath, 'weights/a.weights'), 'utf8')).toBe(WEIGHTS);
    expect(await fetchModel(spec, context)).toMatchObject({ fetched: false });
    expect(await readdir(join(folder, 'cache/stage'))).toEqual([]);
  });

  /** The bundle as it is installed, with an environment of its own. */
  async function lockByProgram(source: string, environment: Record<string, string>): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: folder, NIX_AI_MODELS_CACHE: join(folder, 'cache'), ...environment };
    const child = spawn(process.execPath, [PROGRAM, 'lock', `tiny=${source}`], { cwd: folder, env });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return stdout + stderr;
  }

  it('is locked by the built program with a profile', async () => {
    const file = join(folder, 'credentials');
    await writeFile(file, '[writer]\naws_access_key_id = test:writer\naws_secret_access_key = writing\n');
    const address = `s3://models/tiny?endpoint=${swift.url}&region=us-east-1&profile=writer`;
    const printed = await lockByProgram(address, { AWS_SHARED_CREDENTIALS_FILE: file });
    expect(printed).toContain('locked tiny: 2 files');
  });

  it('is refused by the built program where a vendor’s library finds nothing, in that library’s words', async () => {
    const google = await lockByProgram('gs://models/tiny', { METADATA_SERVER_DETECTION: 'none' });
    expect(google).toMatch(/AUTH_REQUIRED[^]*Could not load the default credentials/);
    const azure = await lockByProgram('azure://account/models', { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' });
    expect(azure).toMatch(/AUTH_REQUIRED[^]*authentication failed/);
  });
});

describe.each([
  ['s3', 's3://'],
  ['gcs', 'gs://'],
  ['azure', 'azure://'],
])('docs/sources/%s.md', (kind, scheme) => {
  const page = readFileSync(join(import.meta.dirname, `../../docs/sources/${kind}.md`), 'utf8');

  it('has expressions that all mean this source, the same model each', () => {
    const blocks = [...page.matchAll(/^```nix\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
    expect(blocks.length).toBeGreaterThan(1);
    const list = `[ ${blocks.map((block) => `{ ${block} }`).join(' ')} ]`;
    const output = execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '--expr', list]);
    const specs = (JSON.parse(output.toString()) as unknown[]).map(parseSpec);
    for (const { source } of specs) expect(sourceFor(source).kind).toBe(kind);
    expect(new Set(specs.map(({ source }) => sourceFor(source).describe(source))).size).toBe(1);
  });

  it('has short forms that are understood, and that errors print alike', () => {
    const quoted = [...page.matchAll(/`([^` ]+)`/g)].map(([, form]) => form ?? '');
    const forms = quoted.filter((form) => form.startsWith(scheme) || form.startsWith('wasbs://'));
    expect(forms.length).toBeGreaterThan(1);
    for (const form of forms) {
      const { source } = parseSpec({ source: form });
      const printed = sourceFor(source).describe(source);
      expect(parseSpec({ source: printed }).source).toMatchObject({ [kind]: { prefix: 'llama/7b' } });
    }
  });
});
