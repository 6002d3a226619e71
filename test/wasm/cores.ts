// Both builds of the core, freshly instantiated: every suite of this folder runs on each of them.

import { CoreInstance } from '../../src/core/instance.ts';
import { type Build, loadModule } from '../../src/core/module.ts';

export const BUILDS = ['scalar', 'simd'] as const satisfies readonly Build[];

export function openCore(build: Build): CoreInstance {
  return new CoreInstance(loadModule(build));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
