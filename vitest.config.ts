import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real Nix evaluations and builds take seconds on a loaded machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make the ones that build with Nix wait for each other.
    maxWorkers: 2,
  },
});
