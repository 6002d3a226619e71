// The flake as another flake sees it: in pure evaluation, without network, with nixpkgs locked but
// not there. For what does need nixpkgs a stub stands in, or the checkout of it that the variable
// NIX_AI_MODELS_TEST_NIXPKGS names.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate, type NixResult, ROOT, runNix, succeeded } from './nix-commands.ts';

/** All that the flake reads when nobody builds the package; the last two describe it. */
const PARTS = [
  'flake.nix',
  'flake.lock',
  'nix',
  'src/base/error-codes.json',
  'src/spec/schema.json',
  'package.json',
  'package-lock.json',
];
const NIXPKGS = process.env['NIX_AI_MODELS_TEST_NIXPKGS'] ?? join(ROOT, 'test/nix/stub-nixpkgs');
const SRI = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const SYSTEMS = ['x86_64-linux', 'aarch64-linux', 'x86_64-darwin', 'aarch64-darwin'];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-flake-'));
  for (const part of PARTS) {
    const copy = join(folder, 'models', part);
    mkdirSync(dirname(copy), { recursive: true });
    // The plugin's sources are no part of it, and somebody may be building them.
    cpSync(join(ROOT, part), copy, { recursive: true, filter: (path) => !path.includes('nix/plugin') });
  }
  mkdirSync(join(folder, 'user'));
  writeFileSync(join(folder, 'user/flake.nix'), `{
    inputs.nixpkgs.url = "path:${NIXPKGS}";
    inputs.models.url = "path:${folder}/models";
    inputs.models.inputs.nixpkgs.follows = "nixpkgs";
    outputs = { nixpkgs, models, ... }: { all = { inherit nixpkgs models; }; };
  }`);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Applies a function to an attribute of a flake, in pure evaluation. */
async function apply(target: string, text: string, more: readonly string[] = []): Promise<NixResult> {
  const features = ['--extra-experimental-features', 'nix-command flakes'];
  const options = ['--offline', '--json', '--no-write-lock-file'];
  const args = ['eval', ...options, `path:${folder}/${target}`, '--apply', text, ...more];
  return await runNix('nix', [...features, ...args]);
}

async function valueOf(target: string, text: string): Promise<unknown> {
  return JSON.parse(succeeded(await apply(target, text)).stdout) as unknown;
}

describe('the flake without nixpkgs', () => {
  test('says what a model consists of', async () => {
    const spec = `{ source = "hf:org/name@v1"; fileHashes."a.json" = "${SRI}"; }`;
    const files = await valueOf('models#lib', `lib: (lib.fetchModel ${spec}).files`);
    expect(files).toEqual(await evaluate(`(lib.fetchModel ${spec}).files`));
  });

  test('reads a lock file', async () => {
    const lock = JSON.stringify({
      version: 1,
      models: { tiny: { source: { huggingface: { repo: 'org/tiny' } }, contents: [{ path: 'a', size: 3, sha256: '0'.repeat(64) }] } },
    });
    const sizes = `lib: builtins.mapAttrs (_: m: m.totalSize) (lib.importLock (builtins.fromJSON ''${lock}''))`;
    expect(await valueOf('models#lib', sizes)).toEqual({ tiny: 3 });
  });

  test('refuses a model without a pin, with the command that gives it', async () => {
    const { status, stderr } = await apply('models#lib', 'lib: (lib.fetchModel { source = "hf:org/name"; }).outPath');
    expect(status).not.toBe(0);
    expect(stderr).toContain('nix-ai-model prefetch huggingface:org/name@main');
  });
});

describe('the flake with nixpkgs', () => {
  test.each(SYSTEMS)('has a package, an app, a shell and checks for %s', async (system) => {
    const names = await valueOf(
      'user#all',
      `{ models, ... }:
        map (name: models.\${name}.${system}.default.name or models.\${name}.${system}.default.type)
          [ "packages" "apps" "devShells" ]
        ++ builtins.attrNames models.checks.${system}`,
    );
    expect(names).toEqual([expect.stringMatching(/^nix-ai-model-\d/), 'app', expect.any(String), 'nix-ai-model', 'nix-ai-models-plugin']);
  });

  test('builds a model by the package of the system that the spec names', async () => {
    const spec = (system: string): string =>
      `{ source = "hf:org/name"; hash = "${SRI}"; system = "${system}"; }`;
    const found = (await valueOf(
      'user#all',
      `{ models, ... }: map (model: { inherit (model) system drvPath; path = model.outPath; }) [
        (models.lib.fetchModel ${spec('aarch64-linux')})
        (models.legacyPackages.aarch64-linux.fetchModel { source = "hf:org/name"; hash = "${SRI}"; })
        (models.lib.fetchModel { source = "hf:org/name"; hash = "${SRI}"; })
      ]`,
    )) as { system: string; path: string; drvPath: string }[];
    const [named, ofSystem, pure] = found;
    expect(named).toEqual(ofSystem);
    expect(named?.system).toBe('aarch64-linux');
    // Pure evaluation knows no current system; the path of the model does not depend on it.
    expect(pure?.system).toBe('x86_64-linux');
    expect(pure?.path).toBe(named?.path);
    expect(pure?.drvPath).not.toBe(named?.drvPath);
  });

  test('adds the command line and fetchModel to a nixpkgs as an overlay', async () => {
    const found = await valueOf(
      'user#all',
      `{ models, nixpkgs }:
        let
          pkgs = nixpkgs.legacyPackages.x86_64-linux.extend models.overlays.default;
          model = pkgs.fetchModel { source = "hf:org/name"; hash = "${SRI}"; };
        in
        [ pkgs.nix-ai-model.meta.mainProgram model.name (builtins.isFunction pkgs.importModelLock) ]`,
    );
    expect(found).toEqual(['nix-ai-model', 'name', true]);
  });

  test('builds the plugin for the releases of Nix that somebody names', async () => {
    const phases = (await valueOf(
      'user#all',
      `{ models, nixpkgs }:
        let
          pkgs = nixpkgs.legacyPackages.x86_64-linux;
          plugin = models.packages.x86_64-linux.nix-ai-models-plugin;
          other = pkgs.nix // { version = "2.8.1"; };
        in
        map (package: (builtins.parseDrvName package.name).name + package.buildPhase) [
          plugin
          (plugin.override { nixPackages = [ pkgs.nix other ]; })
        ]`,
    )) as string[];
    const releases = phases.map((phase) => [...phase.matchAll(/ RELEASE=(\S+)/g)].map(([, release]) => release));
    expect(releases).toEqual([['2.31'], ['2.31', '2.8']]);
    expect(phases[0]).toMatch(/^nix-ai-models-plugin/);
  });

  test('is what examples/flake needs', async () => {
    cpSync(join(ROOT, 'examples/flake'), join(folder, 'example'), { recursive: true });
    const inputs = [['nixpkgs', NIXPKGS], ['nix-ai-models', join(folder, 'models')]];
    const overrides = inputs.flatMap(([name, path]) => ['--override-input', name ?? '', `path:${path}`]);
    const text = 'p: [ p.default.name (builtins.match ".*-tiny" p.tiny.outPath != null) ]';
    const result = await apply('example#packages.x86_64-linux', text, overrides);
    expect(JSON.parse(succeeded(result).stdout)).toEqual(['show-model', true]);
  });
});
