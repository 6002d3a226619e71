// Builds models whose files Nix cannot fetch by itself: each file is a fixed output that the builder
// fetches, by what the lock says of it and without asking what else there is. A real registry.

import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planModel } from '../../src/core/plan.ts';
import { FILEPATH, makeArtifact } from '../sources/artifact.ts';
import { type DockerRegistry, skipped, startRegistry } from '../sources/docker-registry.ts';
import { build, evaluate, type NixResult, runNix } from './nix-commands.ts';

const ID = randomUUID().slice(0, 8);
const WEIGHTS = `weights ${ID}`.repeat(10_000);
const README = `read me ${ID}`;
const ARTIFACT = makeArtifact({
  layers: [
    { mediaType: 'application/vnd.cncf.model.weight.v1.raw', content: WEIGHTS, annotations: { [FILEPATH]: 'model.weights' } },
    { mediaType: 'application/vnd.cncf.model.doc.v1.raw', content: README, annotations: { [FILEPATH]: `readme-${ID}.md` } },
  ],
});
const FILES = { 'model.weights': WEIGHTS, [`readme-${ID}.md`]: README };

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const nix = (value: unknown): string => `(builtins.fromJSON ''${JSON.stringify(value)}'')`;

describe.skipIf(skipped !== '')(`nix-build of a model in a registry${skipped}`, () => {
  const built = new Set<string>();
  let registry: DockerRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    await registry.push(ARTIFACT, 'org/name', 'v1');
  });
  afterAll(async () => {
    await registry.stop();
    for (const path of built) await runNix('nix-store', ['--delete', path]);
  });
  beforeEach(async () => {
    await registry.requests();
  });

  const source = (): object => ({ oci: { image: `${registry.host}/org/name:v1` } });
  const locked = (contents: Readonly<Record<string, string>>): object => ({
    name: `locked-${ID}`,
    lock: {
      source: source(),
      revision: ARTIFACT.digest,
      contents: Object.entries(contents).map(([path, content]) => ({
        path,
        size: Buffer.byteLength(content),
        sha256: sha256(content),
      })),
    },
  });
  const hashed = (): object => ({
    name: `hashed-${ID}`,
    source: source(),
    fileHashes: Object.fromEntries(Object.entries(FILES).map(([path, content]) => [path, sha256(content)])),
  });

  async function buildSpec(spec: object): Promise<NixResult> {
    const result = await build(`lib.fetchModel ${nix(spec)}`);
    if (result.status !== 0) return result;
    // The check, the model that it is a link to, and its files.
    const path = result.stdout.trim();
    built.add(path).add(realpathSync(path));
    for (const name of readdirSync(path)) built.add(realpathSync(join(path, name)));
    return result;
  }

  test('by a lock asks for the files and nothing else', async () => {
    const { stdout, stderr } = await buildSpec(locked(FILES));
    expect(stderr).not.toContain('error');
    for (const [path, content] of Object.entries(FILES)) {
      expect(readFileSync(join(stdout.trim(), path), 'utf8')).toBe(content);
    }
    const asked = await registry.requests();
    const blobs = Object.values(FILES).map((content) => `GET /v2/org/name/blobs/sha256:${sha256(content)}`);
    // One question is for the right to read; no manifest is fetched.
    expect(new Set(asked.filter((line) => line.startsWith('GET') && !line.endsWith('/v2/')))).toEqual(new Set(blobs));
  });

  test('by a lock has the paths of the plan', async () => {
    const spec = locked(FILES);
    expect(await evaluate(`(lib.fetchModel ${nix(spec)}).files`)).toEqual(planModel(spec, '/nix/store').files);
  });

  test('by the hashes of its files finds them in the listing', async () => {
    const paths = planModel(hashed(), '/nix/store').files?.map(({ storePath }) => storePath) ?? [];
    for (const path of built) await runNix('nix-store', ['--delete', path]);
    built.clear();
    const { stdout } = await buildSpec(hashed());
    expect(readdirSync(stdout.trim()).sort()).toEqual(Object.keys(FILES).sort());
    expect(paths.every((path) => existsSync(path))).toBe(true);
    expect((await registry.requests()).join('\n')).toContain('/manifests/v1');
  });

  test('fails when the registry has other bytes than the lock, and says so', async () => {
    const { status, stderr } = await buildSpec(locked({ 'absent.bin': `never pushed ${ID}` }));
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/\[(ENTRY_NOT_FOUND|REPO_NOT_FOUND)\][\s\S]*what to do:/);
  });
});

describe('nix-build of a model in a git repository', () => {
  let folder: string;
  const built = new Set<string>();
  const CONTENT = `{"id":"${ID}"}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'build-git-'));
    await writeFile(join(folder, `config-${ID}.json`), CONTENT);
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'x');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    for (const path of built) await runNix('nix-store', ['--delete', path]);
  });

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { cwd: folder, encoding: 'utf8' }).trim();
  const spec = (): object => ({
    name: `git-${ID}`,
    lock: {
      source: { 'git-lfs': { url: folder } },
      revision: git('rev-parse', 'HEAD'),
      contents: [{ path: `config-${ID}.json`, size: CONTENT.length, sha256: sha256(CONTENT) }],
    },
  });

  test('finds git on the machine where no sandbox hides it', async () => {
    // git reads no repository of another user's: the build is run by this one.
    const options = ['--option', 'sandbox', 'false', '--option', 'build-users-group', ''];
    const { status, stdout, stderr } = await build(`lib.fetchModel ${nix(spec())}`, options);
    expect(stderr).not.toContain('error:');
    expect(status).toBe(0);
    const file = join(stdout.trim(), `config-${ID}.json`);
    built.add(stdout.trim()).add(realpathSync(stdout.trim())).add(realpathSync(file));
    expect(readFileSync(file, 'utf8')).toBe(CONTENT);
  });
});
