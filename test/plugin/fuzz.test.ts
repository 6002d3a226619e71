// Whatever the builtins are given, Nix goes on: wrong arguments of every kind, damaged files, paths that
// vanish. Lines of `nix repl`, because it goes on after an error; the last one shows that it is still there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PathsReport } from '../../src/scan/scan-paths.ts';
import { damagedFiles, random } from './damaged.ts';
import { remove, scratch } from './models.ts';
import { commandLine, impureEval, PLUGIN, WHY_NOT } from './nix-run.ts';

const FILES = 400;
const ARGUMENTS = 600;
const BUILTINS = ['fetchModel', 'inspectModel', 'scanModel'];

describe.skipIf(WHY_NOT)(`the builtins, given anything${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await scratch();
  });
  afterAll(() => remove(folder));

  /** What `nix repl` says to the lines; it must live to the last one. */
  async function repl(lines: readonly string[]): Promise<string> {
    const words = ['--option', 'plugin-files', PLUGIN, '--extra-experimental-features', 'nix-command', 'repl'];
    const environment = { NIX_AI_MODELS_HELPER: '/no-helper', NIX_AI_MODELS_CACHE: join(folder, 'cache') };
    const child = spawn(...commandLine('nix', words), { env: { ...process.env, ...environment } });
    child.stdin.end([...lines, '"still " + "here"', ''].join('\n'));
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(0);
    expect(out).toContain('still here');
    expect(errors).not.toMatch(/std::|nlohmann|ai_models|basic_string|\[json|terminate called|\[INTERNAL\]/);
    return errors;
  }

  it('answers damaged files', async () => {
    const paths = await damagedFiles(join(folder, 'files'), FILES, 20261120);
    const { stdout, stderr, status } = await impureEval(`builtins.scanModel ${folder}/files`);
    expect(status, stderr).toBe(0);
    const { files, unread } = JSON.parse(stdout) as PathsReport;
    expect([files.length, unread.length]).toEqual([FILES, 0]);
    const errors = await repl(paths.map((path) => `(builtins.inspectModel ${path}).parameters`));
    expect(errors.match(/\[(FORMAT_\w+|NO_FILES_MATCH)\]/g)?.length).toBeGreaterThan(FILES / 4);
  });

  it('answers arguments of every kind', async () => {
    const next = random(7);
    const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T;
    const names = ['source', 'huggingface', 'repo', 'hash', 'lock', 'fileHashes', 'files', 'name', 'lazy', 'urls', 'meta', 'security'];
    const leaves = [
      '1', '(-1)', '0.5', 'true', 'null', '"text"', '""', '"\\u0000"', '/no/such/path', '/', '/dev/null', '"/dev/zero"', '(x: x)',
      'builtins.add', '(throw "no")', '(abort "no")', '(1 / 0)', '(let a = { b = a; }; in a)', '(let a = [ a ]; in a)',
      '(builtins.genList (x: x) 2000)', '{ outPath = "x"; }', '{ outPath = throw "no"; }', '{ __toString = self: 3; }',
      '(builtins.substring 0 1 "é")', '"hf:o/m@v1"', '"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="',
      '(builtins.concatStringsSep "" (builtins.genList (x: "long") 20000))', '[ ]', '{ }', '9223372036854775807',
      "(builtins.foldl' (x: _: { source = x; }) { } (builtins.genList (x: x) 500))", '(derivation { })',
    ];
    const value = (depth: number): string => {
      const kind = depth > 3 ? 0 : next(4);
      if (kind < 2) return pick(leaves);
      const parts = Array.from({ length: next(4) }, () => value(depth + 1));
      if (kind === 2) return `[ ${parts.join(' ')} ]`;
      return `{ ${[...new Set(parts.map(() => pick(names)))].map((name, at) => `${name} = ${parts[at] ?? '1'};`).join(' ')} }`;
    };
    const lines = Array.from({ length: ARGUMENTS }, () => `builtins.${pick(BUILTINS)} ${value(0)}`);
    const errors = await repl(lines);
    expect(errors.match(/\[SPEC_\w+\]/g)?.length).toBeGreaterThan(ARGUMENTS / 4);
  });

  it('keeps nothing of what it has read: ten thousand calls need the memory of a thousand', async () => {
    const [path = ''] = await damagedFiles(join(folder, 'one'), 1, 3);
    /** KiB that Nix held at most. */
    const peak = async (calls: number): Promise<number> => {
      const call = `builtins.length (builtins.scanModel "${path}").files`;
      const expression = `builtins.foldl' (sum: _: sum + ${call}) 0 (builtins.genList (n: n) ${String(calls)})`;
      const words = ['--option', 'plugin-files', PLUGIN, '--eval', '-E', expression];
      const script = [
        'import resource, subprocess, sys',
        'subprocess.run(sys.argv[1:], check=True)',
        'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)',
      ].join('\n');
      const child = spawn('python3', ['-c', script, ...commandLine('nix-instantiate', words).flat()]);
      const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
      expect(out).toContain(String(calls));
      return Number(out.trim().split('\n').at(-1));
    };
    const [few, many] = [await peak(1000), await peak(10_000)];
    expect(many - few).toBeLessThan(32 * 1024);
  });
});
