// Which releases of Nix the plugin's tests ran against: what npm test says about the others.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IS_WRAPPED, RELEASE, WHY_NOT } from './nix-run.ts';

const chroot = fileURLToPath(new URL('../../build/matrix/trixie/.complete', import.meta.url));

describe.skipIf(WHY_NOT)('the plugin is tested with', () => {
  it('the Nix at hand', () => {
    expect(RELEASE).toMatch(IS_WRAPPED ? /^2\.26$/ : /^\d+\.\d+$/);
  });

  it.skipIf(!existsSync(chroot))('Nix 2.26.3 (needs: sh scripts/plugin-matrix.sh prepare)', () => {
    // vitest.config.ts runs the tests of this folder a second time then, with this set.
    expect(process.env['NIX_AI_MODELS_TEST_MATRIX']).toBe('2.26');
  });
});
