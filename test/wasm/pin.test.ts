// `pin`, the short form of `plan` that the evaluator plugin asks for: it says the same.

import { describe, expect, it } from 'vitest';
import type { SecuritySpec } from '../../src/base/spec.ts';
import { ModelError } from '../../src/base/errors.ts';
import { CoreInstance } from '../../src/core/instance.ts';
import { loadModule } from '../../src/core/module.ts';
import type { Plan } from '../../src/core/plan.ts';
import { BAD, GOOD } from '../spec/cases.ts';

const core = new CoreInstance(loadModule('scalar'));
const STORE = '/nix/store';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const HASH = 'sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=';

function hasPrograms(security: SecuritySpec | undefined): boolean {
  return security !== undefined && (security.enableModelScan || security.customScanners.length > 0);
}

/** The texts of a reply: u32 length, bytes, and so on. */
function texts(reply: Uint8Array): string[] {
  const found: string[] = [];
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  for (let at = 0; at < reply.byteLength; ) {
    const end = at + 4 + view.getUint32(at, true);
    found.push(new TextDecoder().decode(reply.subarray(at + 4, end)));
    at = end;
  }
  return found;
}

function answer<T>(make: () => T): T | { error: string } {
  try {
    return make();
  } catch (error) {
    if (error instanceof ModelError) return { error: error.message };
    throw error;
  }
}

const specs: readonly (readonly [string, unknown])[] = [
  ...[...GOOD, ...BAD].map(([what, input]) => [what, input] as const),
  ['a commit and a whole hash', { source: `huggingface:org/name@${COMMIT}`, hash: HASH }],
  ['a lazy one', { source: 'hf:org/name', hash: HASH, lazy: true }],
  ['one that is not scanned', { source: 'hf:org/name', hash: HASH, security: { enablePickleScan: false } }],
  ['one with a policy', { source: 'hf:org/name', hash: HASH, security: { policy: { allowLibraryGlobals: true } } }],
  ['one with programs', { source: 'hf:org/name', hash: HASH, security: { enableModelScan: true, modelScan: '/m' } }],
  ['hashes of files', { source: 'hf:org/name', fileHashes: { 'a/b.bin': HASH, c: HASH } }],
];

describe('the pin of a spec', () => {
  it.each(specs)('says what the plan says: %s', (_, input) => {
    const spec = JSON.stringify(input);
    const plan = answer(() => JSON.parse(new TextDecoder().decode(core.call('plan', spec, STORE))) as Plan);
    const found = answer(() => texts(core.call('pin', spec, STORE)));
    if ('error' in plan) {
      expect(found).toEqual(plan);
      return;
    }
    const { huggingface } = plan.spec.source as { huggingface?: { revision?: string } };
    expect(found).toEqual([
      plan.spec.name,
      plan.pin ?? '',
      plan.storePath ?? '',
      plan.hash ?? '',
      plan.revision ?? huggingface?.revision ?? '',
      plan.spec.lazy ? 'lazy' : '',
      plan.scan?.key ?? '',
      hasPrograms(plan.spec.security) ? 'programs' : '',
    ]);
  });
});
