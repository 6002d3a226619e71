// The hub asked by download tools, where this machine has them: curl, aria2c, and HuggingFace's
// Python client when NIX_AI_MODELS_TEST_PYTHON names an interpreter that can import it.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commitOf, makeDirectory, serveFiles } from './local-hub.ts';

const run = promisify(execFile);
const hasCommand = async (command: string): Promise<boolean> =>
  run(command, ['--version']).then(() => true, () => false);
const [hasCurl, hasAria2] = await Promise.all(['curl', 'aria2c'].map(hasCommand));
const python = process.env['NIX_AI_MODELS_TEST_PYTHON'];

const WEIGHTS = Buffer.alloc(5_000_000).map((_, place) => (place * 31 + (place >> 8)) & 0xff);
const ADDRESS = 'org/name/resolve/main/w.safetensors';

describe.skipIf(!hasCurl)('curl (skipped without it)', () => {
  it('fetches parts and goes on where it stopped', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    const file = join(makeDirectory(), 'w');
    await run('curl', ['-sSf', '-r', '1000-1999', '-o', file, `${hub.url}/${ADDRESS}`]);
    expect(readFileSync(file).equals(WEIGHTS.subarray(1000, 2000))).toBe(true);
    writeFileSync(file, WEIGHTS);
    truncateSync(file, 3_000_000);
    await run('curl', ['-sSf', '-C', '-', '-o', file, `${hub.url}/${ADDRESS}`]);
    expect(readFileSync(file).equals(WEIGHTS)).toBe(true);
  });

  it('saves a file under its own name', async () => {
    const { hub } = await serveFiles({ 'folder/weights.bin': 'w' });
    const directory = makeDirectory();
    await run('curl', ['-sSfOJ', `${hub.url}/org/name/resolve/main/folder/weights.bin?download=true`], { cwd: directory });
    expect(readFileSync(join(directory, 'weights.bin'), 'utf8')).toBe('w');
  });
});

describe.skipIf(!hasAria2)('aria2c (skipped without it)', () => {
  it('fetches one file over four connections', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    const directory = makeDirectory();
    const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');
    const options = ['-q', '--no-conf', '-x4', '-s4', '-k1M', `--checksum=sha-256=${sha256}`, '-d', directory];
    await run('aria2c', [...options, `${hub.url}/${ADDRESS}`]);
    expect(readFileSync(join(directory, 'w.safetensors')).equals(WEIGHTS)).toBe(true);
  });
});

describe.skipIf(python === undefined)('huggingface_hub (skipped unless NIX_AI_MODELS_TEST_PYTHON is set)', () => {
  const program = `
import os, sys
from huggingface_hub import HfApi, snapshot_download, hf_hub_download
from huggingface_hub.utils import EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError
api = HfApi()
info = api.model_info("org/name", files_metadata=True)
assert [f.rfilename for f in info.siblings] == ["a/b.txt", "w.safetensors"], info
assert len(api.get_paths_info("org/name", ["w.safetensors", "none"])) == 1
assert len(list(api.list_repo_tree("org/name", recursive=True))) == 3
assert api.list_repo_refs("org/name").branches[0].target_commit == info.sha
for error, call in [
    (RepositoryNotFoundError, lambda: api.model_info("no/such")),
    (RevisionNotFoundError, lambda: hf_hub_download("org/name", "a/b.txt", revision="none")),
    (EntryNotFoundError, lambda: hf_hub_download("org/name", "none")),
]:
    try:
        call()
        sys.exit("no error")
    except error:
        pass
print(snapshot_download("org/name"))
`;

  it('downloads a snapshot and tells errors apart', async () => {
    const { hub } = await serveFiles({ 'a/b.txt': 'b', 'w.safetensors': WEIGHTS });
    const env = { PATH: process.env['PATH'], HF_ENDPOINT: hub.url, HF_HOME: makeDirectory(), HF_HUB_DISABLE_XET: '1' };
    const { stdout } = await run(python ?? '', ['-c', program], { env });
    const snapshot = stdout.trim();
    expect(snapshot.endsWith(await commitOf(hub))).toBe(true);
    expect(readFileSync(join(snapshot, 'w.safetensors')).equals(WEIGHTS)).toBe(true);
    expect(readFileSync(join(snapshot, 'a/b.txt'), 'utf8')).toBe('b');
  });
});
