import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import codes from '../../src/base/error-codes.json' with { type: 'json' };
import { codeOfStatus, ModelError, renderError, toModelError } from '../../src/base/errors.ts';

describe('a ModelError', () => {
  it('reads as what failed, on what, wanted and found, and what to do', () => {
    const error = new ModelError('HASH_MISMATCH', 'The file is not the pinned one', {
      subject: 'model.safetensors',
      wanted: 'sha256-A',
      found: 'sha256-B',
      remedies: ['Pin the new hash.'],
    });
    expect(renderError(error)).toBe(
      [
        'The file is not the pinned one [HASH_MISMATCH]',
        '  on:     model.safetensors',
        '  wanted: sha256-A',
        '  found:  sha256-B',
        '  what to do:',
        '  - Pin the new hash.',
      ].join('\n'),
    );
    expect(error.exitStatus).toBe(3);
  });

  it('has the remedies of its code where it brings none', () => {
    expect(new ModelError('NIX_MISSING', 'No Nix').remedies).toEqual(codes.NIX_MISSING.remedies);
  });

  it('removes secrets from every text it carries', () => {
    const secret = 'hf_abcdefghijklmnopqrstuvwxyz012345';
    const error = new ModelError('NETWORK', `GET https://me:pass@host/?token=${secret}`, {
      subject: `https://cdn/f?X-Amz-Signature=deadbeef&X-Amz-Expires=3600`,
      found: `Authorization: Bearer ${secret}`,
      remedies: [`not ${secret}`],
    });
    const text = renderError(error) + JSON.stringify(error);
    expect(text).not.toMatch(/abcdefghij|pass@|deadbeef/);
    expect(text).toContain('X-Amz-Expires=3600');
  });

  it('is made of system errors with the code that tells what to do', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    expect(toModelError(full)).toMatchObject({ code: 'DISK_FULL', exitStatus: 7 });
    expect(toModelError(new DOMException('stop', 'AbortError'))).toMatchObject({ code: 'INTERRUPTED', exitStatus: 130 });
    expect(toModelError('text')).toMatchObject({ code: 'INTERNAL', message: 'text' });
  });
});

describe('the table of error codes', () => {
  const rows = Object.entries(codes);

  it('gives every code its own number, an exit status and a remedy', () => {
    expect(new Set(rows.map(([, { status }]) => status)).size).toBe(rows.length);
    for (const [, { exit, remedies }] of rows) {
      expect(exit).toBeGreaterThan(0);
      expect(remedies.length).toBeGreaterThan(0);
    }
  });

  it('is found again by the numbers that the core replies with', () => {
    for (const [code, { status }] of rows) expect(codeOfStatus(status)).toBe(code);
    expect(codeOfStatus(99_999)).toBe('INTERNAL');
  });

  it('is described in docs/cli.md', () => {
    const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const families = [...page.matchAll(/`([A-Z_]+)(\*?)`/g)].map(([, name = '', star]) => ({ name, star: star === '*' }));
    const described = (code: string): boolean =>
      families.some(({ name, star }) => (star ? code.startsWith(name) : code === name));
    expect(rows.map(([code]) => code).filter((code) => !described(code))).toEqual([]);
  });
});
