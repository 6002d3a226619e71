// `nix-ai-model scan` as a process: its exit statuses, and what it prints.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_DICT, EVIL, pickle } from '../scan/assemble.ts';

const cli = fileURLToPath(new URL('../../bin/nix-ai-model', import.meta.url));
let folder = '';

function scan(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, 'scan', ...words], { encoding: 'utf8', cwd: folder });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-cli-'));
  writeFileSync(join(folder, 'good.pkl'), pickle(EMPTY_DICT));
  writeFileSync(join(folder, 'bad.pkl'), pickle(EVIL));
  writeFileSync(join(folder, 'cut.pkl'), pickle(EMPTY_DICT).subarray(0, 3));
  writeFileSync(join(folder, 'policy.json'), '{"failOn": ["malicious"]}');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('nix-ai-model scan', () => {
  it.each([
    ['0 for a clean file', ['good.pkl'], 0],
    ['1 for a malicious one', ['good.pkl', 'bad.pkl'], 1],
    ['2 for one that cannot be judged', ['good.pkl', 'cut.pkl'], 2],
    ['0 where the policy accepts that', ['cut.pkl', '--policy', 'policy.json'], 0],
    ['3 for one that cannot be read', ['missing.pkl'], 3],
    ['3 for wrong usage', ['--nonsense'], 3],
    ['3 without a path', [], 3],
    ['3 for a policy that is none', ['good.pkl', '--policy', 'good.pkl'], 3],
  ])('exits with %s', (_, words, status) => {
    expect(scan(...words).status).toBe(status);
  });

  it('tells a person what is wrong and what to do', () => {
    const { stdout } = scan('bad.pkl', 'good.pkl');
    expect(stdout).toContain('malicious    bad.pkl');
    expect(stdout).toContain('Calls os.system');
    expect(stdout).toContain('what to do:');
    expect(stdout).toContain('2 files scanned: 1 malicious, 1 clean');
  });

  it('prints one JSON document, also for wrong usage', () => {
    expect(JSON.parse(scan('bad.pkl', '--json').stdout)).toMatchObject({ version: 1, verdict: 'malicious', accepted: false });
    expect(JSON.parse(scan('--json').stdout)).toMatchObject({ error: { code: 'SCAN_USAGE' } });
    expect(JSON.parse(scan('bad.pkl', '--sarif').stdout)).toMatchObject({ version: '2.1.0' });
  });
});
