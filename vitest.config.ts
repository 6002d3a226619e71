import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// `sh scripts/plugin-matrix.sh prepare` makes this: the plugin's tests then run with that Nix too.
const hasMatrix = existsSync(new URL('build/matrix/trixie/.complete', import.meta.url));
const otherNix = {
  NIX_AI_MODELS_TEST_NIX_RUN: `sh ${import.meta.dirname}/scripts/plugin-matrix.sh run`,
};

export default defineConfig({
  test: {
    // Real Nix evaluations and builds take seconds on a loaded machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make the ones that build with Nix wait for each other.
    maxWorkers: 2,
    env: hasMatrix ? { NIX_AI_MODELS_TEST_MATRIX: '2.26' } : {},
    projects: [
      { extends: true, test: { name: 'here', include: ['test/**/*.test.ts'] } },
      ...(hasMatrix
        ? [{ extends: true as const, test: { name: 'nix 2.26', include: ['test/plugin/**/*.test.ts'], env: otherNix } }]
        : []),
    ],
  },
});
