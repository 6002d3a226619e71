// Damaged files through the plugin's file readers, built with AddressSanitizer and
// UndefinedBehaviorSanitizer: NIX_AI_MODELS_SOAK=<rounds> runs it, which takes a minute to build.

import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeds } from './damaged.ts';
import { remove, scratch } from './models.ts';
import { IS_WRAPPED, WHY_NOT } from './nix-run.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
/** Some ten a second, under the sanitizers: no more than an hour. */
const MAX_ROUNDS = 20_000;
const soak = process.env['NIX_AI_MODELS_SOAK'];
const rounds = soak === undefined ? undefined : String(Math.min(Number(soak), MAX_ROUNDS));
const why = WHY_NOT ?? (IS_WRAPPED ? 'knows nothing of Nix' : rounds === undefined ? 'NIX_AI_MODELS_SOAK is not set' : undefined);

describe.skipIf(why)(`the file readers under sanitizers${why ? ` (${why})` : ''}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await scratch();
  });
  afterAll(() => remove(folder));

  it('answer every damaged file, and leak nothing', async () => {
    const built = spawnSync('sh', ['scripts/build-plugin.sh', 'soak'], { cwd: checkout, encoding: 'utf8' });
    expect(built.status, built.stderr).toBe(0);
    const paths = await Promise.all(seeds().map(async ({ name, data }, index) => {
      const path = join(folder, `${String(index)}-${name.replaceAll('/', '_')}`);
      await writeFile(path, data);
      return path;
    }));
    const drive = join(checkout, 'build/plugin/soak/drive');
    const run = spawnSync(drive, [rounds ?? '1', String(process.pid), ...paths], { cwd: folder, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('damaged files were answered');
  }, 3_600_000);
});
