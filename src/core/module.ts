// Compiles the WASM core, once per process and build. instance.ts makes instances of it and
// hash-files.ts sends it to worker threads; a sent module keeps its optimised machine code.

import { readFileSync } from 'node:fs';
import { assetPath } from '../base/assets.ts';
import { processEnvironment, variable, type Environment } from '../base/env.ts';

export type Build = 'scalar' | 'simd';

/** The smallest module that needs SIMD: one function, `i32.const 0, i8x16.splat, drop`. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 4, 1, 96, 0, 0], // type: () -> ()
  ...[3, 2, 1, 0], // one function of it
  ...[10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);

const compiled = new Map<Build, WebAssembly.Module>();

/** The build this machine can run; NIX_AI_MODELS_WASM=scalar asks for the other one. */
export function chooseBuild(environment: Environment = processEnvironment()): Build {
  if (variable(environment, 'NIX_AI_MODELS_WASM') === 'scalar') return 'scalar';
  return WebAssembly.validate(SIMD_PROBE) ? 'simd' : 'scalar';
}

export function loadModule(build: Build = chooseBuild()): WebAssembly.Module {
  let module = compiled.get(build);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(assetPath(`core.${build}.wasm`)));
    compiled.set(build, module);
  }
  return module;
}
