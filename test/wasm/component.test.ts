// The component that other programs import, made by jco from wasm/wit/core.wit, against the core
// called directly.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assetPath } from '../../src/base/assets.ts';
import { openCore } from './cores.ts';

interface Reply {
  readonly status: number;
  readonly data: Uint8Array;
}

interface CoreComponent {
  sha256(data: Uint8Array): Reply;
  sha512(data: Uint8Array): Reply;
  hashtext(format: number, text: string): Reply;
  hashparse(text: string): Reply;
  hashwrite(format: number, digest: Uint8Array): Reply;
}

const component = (await import(assetPath('../component/core.js'))) as CoreComponent;
const core = openCore('scalar');

describe('the component', () => {
  it('gives the digests that direct calls give', () => {
    for (let length = 0; length < 200; length++) {
      const data = randomBytes(length);
      expect(component.sha256(data)).toEqual({ status: 0, data: core.call('sha256', data) });
      expect(component.sha512(data)).toEqual({ status: 0, data: core.call('sha512', data) });
    }
  });

  it('reads and writes hashes as direct calls do', () => {
    for (const size of [32, 64]) {
      const digest = randomBytes(size);
      for (const format of [0, 1, 2, 3]) {
        const { data } = component.hashwrite(format, digest);
        expect(data).toEqual(core.call('hashwrite', format, digest));
        const text = Buffer.from(data).toString();
        expect(component.hashparse(text).data).toEqual(core.call('hashparse', text));
        expect(component.hashtext(3, text).data).toEqual(core.call('hashtext', 3, text));
      }
    }
  });

  it('answers a failure with its status and a message', () => {
    const { status, data } = component.hashparse('no hash');
    expect(status).toBeGreaterThan(0);
    expect(Buffer.from(data).toString()).toContain('no hash');
  });
});
