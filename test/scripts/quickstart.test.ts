import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

describe('the quickstart', () => {
  it('runs the main job to its summary and leaves no folder behind', async () => {
    const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('quickstart-'));
    const before = leftovers();
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/quickstart.mjs'], { cwd: ROOT });
    const summary = stdout.slice(stdout.indexOf('What happened'));
    for (const row of ['lock', 'builtins.fetchModel', 'the same call again', 'nix-build of lib.fetchModel', 'a flipped byte']) {
      expect(summary).toMatch(new RegExp(`  ${row} +\\d+\\.\\d\\d s`));
    }
    expect(summary).toMatch(/\/nix\/store\/[0-9a-z]{32}-tiny-llama/);
    expect(leftovers()).toEqual(before);
  });
});
