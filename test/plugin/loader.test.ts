// The loader must never break Nix: whatever is wrong with it or beside it, evaluation, builds and
// nix-env go on, with exit status 0 and at most one line on standard error.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, removeFromStore, scratch } from './models.ts';
import { nix, PLUGIN, pureEval, RELEASE, WHY_NOT } from './nix-run.ts';

describe.skipIf(WHY_NOT)(`the plugin's loader${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await scratch();
  });
  afterAll(() => remove(folder));

  /** A copy of the plugin in a folder of its own, with `backend` in the place of its backend. */
  async function pluginWith(backend: Uint8Array | null): Promise<string> {
    const own = join(folder, randomBytes(4).toString('hex'));
    await mkdir(join(own, RELEASE), { recursive: true });
    await copyFile(PLUGIN, join(own, 'nix-ai-models.so'));
    if (backend !== null) await writeFile(join(own, RELEASE, 'backend.so'), backend);
    return join(own, 'nix-ai-models.so');
  }

  const realBackend = (): Promise<Buffer> => readFile(join(dirname(PLUGIN), RELEASE, 'backend.so'));

  const faults: Record<string, () => Promise<Uint8Array | null>> = {
    'there is no backend for this Nix': () => Promise.resolve(null),
    'the backend is garbage': () => Promise.resolve(randomBytes(5000)),
    'the backend is empty': () => Promise.resolve(new Uint8Array()),
    'the backend was cut off': async () => (await realBackend()).subarray(0, 100_000),
    'the backend is for another processor': async () => {
      const bytes = Uint8Array.from(await realBackend());
      bytes[18] = 0xf3; // e_machine: RISC-V
      return bytes;
    },
    'the backend is some other library': () => readFile(someLibrary()),
  };

  for (const [fault, backend] of Object.entries(faults)) {
    it(`warns in one line and steps aside where ${fault}`, async () => {
      const plugin = await pluginWith(await backend());
      const { status, stdout, stderr } = await pureEval('builtins ? fetchModel', { plugin });
      expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: 'false' });
      const lines = stderr.split('\n').filter((line) => line.includes('nix-ai-models'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^warning: nix-ai-models: .*builtins\.fetchModel is not available$/);
    });
  }

  it('leaves builds, nix-env and nix-store working without a backend', async () => {
    const plugin = await pluginWith(null);
    const name = `plugin-test-build-${randomBytes(4).toString('hex')}`;
    const build = await nix(
      'nix-build',
      ['--no-out-link', '--option', 'sandbox', 'false', '-E', derivation(name)],
      { plugin },
    );
    expect(build.stderr).toContain('nix-ai-models');
    expect(build.status).toBe(0);
    const profile = join(folder, 'profile');
    const environment = await nix('nix-env', ['--profile', profile, '--query'], { plugin });
    expect(environment.status).toBe(0);
    const query = await nix('nix-store', ['--query', '--hash', build.stdout.trim()], { plugin });
    expect(query.stdout).toContain('sha256:');
    await removeFromStore([build.stdout.trim()]);
  });

  it('is silent and adds the builtin where everything is in its place', async () => {
    const { status, stdout, stderr } = await pureEval('builtins.typeOf builtins.fetchModel');
    expect({ status, stdout: stdout.trim(), stderr }).toEqual({ status: 0, stdout: '"lambda"', stderr: '' });
  });

  it('keeps the global scope clean', async () => {
    const { status, stderr } = await pureEval('fetchModel');
    expect(status).not.toBe(0);
    expect(stderr).toContain("undefined variable 'fetchModel'");
  });

  it('uses nothing of Nix that a release could lack', () => {
    const symbols = execFileSync('readelf', ['--dyn-syms', '--wide', PLUGIN], { encoding: 'utf8' });
    const undefinedOnes = symbols.split('\n').filter((line) => line.includes(' UND '));
    expect(undefinedOnes.filter((line) => line.includes('3nix'))).toEqual([]);
  });
});

/** A shared library that this very process has loaded. */
function someLibrary(): string {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  const found = sharedObjects.find((path) => path.includes('/libm.so') || path.includes('/libm-'));
  if (found === undefined) throw new Error('Node.js has loaded no libm');
  return found;
}

function derivation(name: string): string {
  return `derivation {
    name = "${name}"; system = builtins.currentSystem;
    builder = "/bin/sh"; args = [ "-c" "echo fine > $out" ];
  }`;
}
