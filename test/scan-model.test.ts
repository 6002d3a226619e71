// fetchModel and prefetchModel judge what they bring, whichever way it came: nothing that the scan refuses
// enters the store, and a path that is there already is not believed.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../src/base/progress.ts';
import type { Context } from '../src/context.ts';
import { narHashOfDirectory } from '../src/core/nar-hash.ts';
import { planModel } from '../src/core/plan.ts';
import { fetchModel } from '../src/fetch-model.ts';
import { serveHub, type RunningHub } from '../src/hub/serve.ts';
import { prefetchModel } from '../src/prefetch-model.ts';
import { rejection } from './net/rejection.ts';
import { openPipeline, type Pipeline } from './sources/pipeline-context.ts';

const EVIL = "cos\nsystem\n(S'echo evil'\ntR.";
const LIBRARY = 'csklearn.svm._classes\nSVC\n)R.';
const CLEAN = { 'config.json': '{"model_type":"tiny"}', 'vocab.txt': 'a\nb\n' };
const ACCEPT_LIBRARY = { policy: { allowGlobals: ['sklearn.svm._classes.SVC'] } };

type Contents = Readonly<Record<string, string>>;

let pipeline: Pipeline;
let context: Context;
let hub: RunningHub;
let events: ProgressEvent[];

beforeEach(async () => {
  pipeline = await openPipeline(() => ({}));
  events = [];
  context = { ...pipeline.context, progress: (event) => events.push(event) };
});
afterEach(async () => {
  await hub.close();
  await pipeline.close();
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const warnings = (): string => events.flatMap((event) => (event.type === 'warning' ? [event.text] : [])).join('\n');
const isScanned = (): boolean => events.some((event) => event.type === 'step' && event.text.startsWith('scan '));
const folderOf = (name: string): string => join(pipeline.folder, name);
const inStore = async (): Promise<string[]> =>
  (await readdir((await context.store()).storeDir)).filter((name) => name !== '.links');
const records = async (): Promise<string[]> => await readdir(join(context.cacheDirectory, 'scans')).catch(() => []);

/** A model on a hub, as a spec pinned by file and as one pinned by hash. */
async function serve(contents: Contents, security?: object): Promise<Served> {
  const directory = folderOf('model');
  await write(directory, contents);
  hub = await serveHub({ roots: [`org/tiny=${directory}`] });
  const source = { huggingface: { repo: 'org/tiny', endpoint: hub.url } };
  const fileHashes = Object.fromEntries(Object.entries(contents).map(([path, text]) => [path, sha256(text)]));
  const hash = await narHashOfDirectory(directory);
  return { source, byFile: { source, fileHashes, security }, byHash: { source, hash, security } };
}

type Spec = Readonly<Record<string, unknown>>;

interface Served {
  readonly byFile: Spec;
  readonly byHash: Spec;
  readonly source: object;
}

async function write(directory: string, contents: Contents): Promise<void> {
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

describe.each(['byHash', 'byFile'] as const)('a fetched model pinned %s', (pin) => {
  it('enters the store when it is clean, and is remembered', async () => {
    const spec = (await serve(CLEAN))[pin];
    const { storePath } = await fetchModel(spec, context);
    expect(await readFile(join(storePath, 'vocab.txt'), 'utf8')).toBe('a\nb\n');
    expect(await records()).toEqual([planModel(spec, (await context.store()).storeDir).scan?.key]);
    expect(await readdir(join(context.cacheDirectory, 'scratch')).catch(() => [])).toEqual([]);
  });

  it.each(['pytorch_model.bin', 'ü/a b.weights', 'README.md', '.hidden', 'x.safetensors'])(
    'is refused for a pickle called %s: nothing enters the store, the stage stays',
    async (path) => {
      const spec = (await serve({ ...CLEAN, [path]: EVIL }))[pin];
      const error = await rejection(fetchModel(spec, context));
      expect(error).toMatchObject({ code: 'SCAN_REFUSED', exitStatus: 9 });
      expect(error.found).toContain(path);
      expect(error.found).toContain('os.system');
      expect(error.remedies.join(' ')).toMatch(/security\.policy.*failOnScanError/);
      expect(await inStore()).toEqual([]);
      expect(await records()).toEqual([]);
      expect(existsSync(join(context.cacheDirectory, 'stage'))).toBe(true);
    },
  );

  it('is let in by a policy that names what it uses, and refused without it', async () => {
    const spec = (await serve({ 'svc.pkl': LIBRARY }, ACCEPT_LIBRARY))[pin];
    expect(await rejection(fetchModel({ ...spec, security: {} }, context))).toMatchObject({ code: 'SCAN_REFUSED' });
    const { storePath } = await fetchModel(spec, context);
    expect(existsSync(storePath)).toBe(true);
    // What a policy let in, is not let in without it.
    expect(await rejection(fetchModel({ ...spec, security: {} }, context))).toMatchObject({ code: 'SCAN_REFUSED' });
    await expect(fetchModel(spec, context)).resolves.toMatchObject({ fetched: false });
  });

  it('is let in with a warning where findings only warn, each time', async () => {
    const spec = (await serve({ ...CLEAN, 'x.bin': EVIL }, { failOnScanError: false }))[pin];
    expect(existsSync((await fetchModel(spec, context)).storePath)).toBe(true);
    expect(warnings()).toMatch(/tiny is malicious\n {2}x\.bin, byte \d+: malicious: .*os\.system/);
    events = [];
    await fetchModel(spec, context);
    expect(warnings()).toContain('os.system');
    expect(await records()).toEqual([]);
  });

  it('is not looked at where the spec says so', async () => {
    const spec = (await serve({ 'x.bin': EVIL }, { enablePickleScan: false }))[pin];
    expect(existsSync((await fetchModel(spec, context)).storePath)).toBe(true);
    expect(isScanned()).toBe(false);
    expect(await rejection(fetchModel({ ...spec, security: null }, context))).toMatchObject({ code: 'SCAN_REFUSED' });
  });

  it('that is valid already costs no scan where it was accepted, and one where the record is gone', async () => {
    const spec = (await serve(CLEAN))[pin];
    await fetchModel(spec, context);
    events = [];
    await expect(fetchModel(spec, context)).resolves.toMatchObject({ fetched: false });
    expect(isScanned()).toBe(false);
    await rm(join(context.cacheDirectory, 'scans'), { recursive: true });
    await fetchModel(spec, context);
    expect(isScanned()).toBe(true);
    expect(await records()).toHaveLength(1);
    events = [];
    await fetchModel({ ...spec, security: { policy: { failOn: ['malicious'] } } }, context);
    expect(isScanned()).toBe(true);
  });

  it('may be interrupted while it is scanned', async () => {
    const spec = (await serve(CLEAN))[pin];
    const abort = new AbortController();
    const progress = (event: ProgressEvent): void => {
      if (event.type === 'step' && event.text.startsWith('scan ')) abort.abort();
    };
    await expect(fetchModel(spec, { ...context, progress, signal: abort.signal })).rejects.toThrow();
    expect(await inStore()).toEqual([]);
  });
});

describe('a model whose malicious file is in the store already', () => {
  it('is refused as a whole, though only clean files are missing', async () => {
    const { byFile } = await serve({ ...CLEAN, 'x.bin': EVIL });
    const store = await context.store();
    const file = planModel(byFile, store.storeDir).files?.find(({ path }) => path === 'x.bin');
    const added = { name: 'x.bin', file: join(folderOf('model'), 'x.bin'), sha256: sha256(EVIL) };
    expect(await store.addFile(added)).toBe(file?.storePath);
    const error = await rejection(fetchModel(byFile, context));
    expect(error).toMatchObject({ code: 'SCAN_REFUSED' });
    expect(error.found).toMatch(/^x\.bin, /);
    expect(await inStore()).toHaveLength(1);
  });

  it('is refused though no file is missing, and though the whole tree was added by hand', async () => {
    const { byFile, byHash } = await serve({ 'x.bin': EVIL });
    await fetchModel({ ...byFile, security: { enablePickleScan: false } }, context);
    expect(await rejection(fetchModel(byFile, context))).toMatchObject({ code: 'SCAN_REFUSED' });
    const store = await context.store();
    await cp(folderOf('model'), folderOf('copy'), { recursive: true });
    await store.addTree({ name: 'tiny', directory: folderOf('copy') });
    await hub.close();
    const error = await rejection(fetchModel(byHash, context));
    expect(error).toMatchObject({ code: 'SCAN_REFUSED', subject: expect.stringMatching(/-tiny$/) as string });
  });
});

describe('a prefetched model', () => {
  it('is refused before it enters the store', async () => {
    const { source } = await serve({ ...CLEAN, 'x.bin': EVIL });
    expect(await rejection(prefetchModel({ source }, context))).toMatchObject({ code: 'SCAN_REFUSED' });
    expect(await inStore()).toEqual([]);
  });

  it('need not be scanned again when it is fetched by its hash', async () => {
    const { source } = await serve(CLEAN);
    const { hash } = await prefetchModel({ source }, context);
    events = [];
    await expect(fetchModel({ source, hash }, context)).resolves.toMatchObject({ fetched: false });
    expect(isScanned()).toBe(false);
  });
});

it('programs that a spec names are not run, and that is said', async () => {
  const mark = join(pipeline.folder, 'ran');
  const customScanners = [{ name: 'mine', command: `touch ${mark}` }];
  const security = { customScanners, enableModelScan: true, modelScan: '/bin/false' };
  await fetchModel((await serve(CLEAN, security)).byHash, context);
  expect(existsSync(mark)).toBe(false);
  expect(warnings()).toBe('tiny: modelscan, mine not run here, only when lib.fetchModel is built');
});
