// Store paths and names by the WASM core. They depend on content and name alone: no store is asked.

import { coreInstance } from './instance.ts';
import { textOf } from './text-reply.ts';

export interface FixedOutput {
  readonly storeDir: string;
  readonly name: string;
  /** `flat`: the hash is of the file; `recursive`: of the NAR. */
  readonly method: 'flat' | 'recursive';
  /** Any encoding that parseHash reads. */
  readonly hash: string;
  /** Store paths; only a recursive sha256 object may have them. */
  readonly references?: readonly string[] | undefined;
}

export function fixedOutputPath(output: FixedOutput): string {
  return textOf('storepath', JSON.stringify(output));
}

/** Throws NAME_INVALID where Nix would not accept the name. */
export function checkStoreName(name: string): void {
  coreInstance().call('checkname', name);
}

/** A valid name from any text, by nixpkgs' rule for derivation names. */
export function storeName(text: string): string {
  return textOf('storename', text);
}
