// Hashes as text: what the core reads and writes against what nix-hash does.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BUILDS, openCore } from './cores.ts';

const HEX = 0;
const BASE64 = 1;
const NIX32 = 2;
const SRI = 3;
const ALGORITHMS = { sha256: 32, sha512: 64 };

/** nix-hash converts any number of hashes per call. */
function nixHash(algorithm: string, to: string, hashes: readonly string[]): string[] {
  const output = execFileSync('nix-hash', ['--type', algorithm, to, ...hashes], { encoding: 'utf8' });
  return output.trim().split('\n');
}

function nixSri(algorithm: string, hashes: readonly string[]): string[] {
  const command = ['--extra-experimental-features', 'nix-command', 'hash', 'to-sri', '--type', algorithm];
  return execFileSync('nix', [...command, ...hashes], { encoding: 'utf8' }).trim().split('\n');
}

describe.each(BUILDS)('hashes as text, %s build', (build) => {
  const core = openCore(build);
  const write = (format: number, digest: Uint8Array): string =>
    Buffer.from(core.call('hashwrite', format, digest)).toString();
  const convert = (format: number, text: string): string =>
    Buffer.from(core.call('hashtext', format, text)).toString();

  it.each(Object.entries(ALGORITHMS))('are written for %s as nix-hash writes them', (algorithm, size) => {
    const random = Array.from({ length: 60 }, () => randomBytes(size));
    const digests = [Buffer.alloc(size), Buffer.alloc(size, 255), ...random];
    const hexes = digests.map((digest) => digest.toString('hex'));
    expect(digests.map((digest) => write(HEX, digest))).toEqual(hexes);
    expect(digests.map((digest) => write(NIX32, digest))).toEqual(nixHash(algorithm, '--to-base32', hexes));
    expect(digests.map((digest) => write(BASE64, digest))).toEqual(digests.map((digest) => digest.toString('base64')));
    expect(digests.map((digest) => write(SRI, digest))).toEqual(nixSri(algorithm, hexes));
  });

  it.each(Object.entries(ALGORITHMS))('are read for %s in every form, with and without the algorithm', (algorithm, size) => {
    for (let round = 0; round < 50; round++) {
      const digest = randomBytes(size);
      const wanted = digest.toString('hex');
      for (const format of [HEX, BASE64, NIX32]) {
        const text = write(format, digest);
        expect(convert(HEX, text)).toBe(wanted);
        expect(convert(HEX, `${algorithm}:${text}`)).toBe(wanted);
      }
      expect(convert(HEX, write(SRI, digest))).toBe(wanted);
      expect(convert(HEX, wanted.toUpperCase())).toBe(wanted);
      const parsed = core.call('hashparse', write(SRI, digest));
      expect(parsed[0]).toBe(algorithm === 'sha512' ? 1 : 0);
      expect(Buffer.from(parsed.subarray(1))).toEqual(digest);
    }
  });

  const digest = Buffer.alloc(32, 7);
  const sri = `sha256-${digest.toString('base64')}`;
  it.each([
    ['nothing', ''],
    ['only an algorithm', 'sha256-'],
    ['another algorithm', `md5-${Buffer.alloc(16).toString('base64')}`],
    ['a digest that is too short', digest.toString('hex').slice(2)],
    ['a digest that is too long', `${digest.toString('hex')}00`],
    ['a digit that is none', `${digest.toString('hex').slice(1)}g`],
    ['the letters that Nix base-32 leaves out', 'e'.repeat(52)],
    ['Nix base-32 with bits beyond the digest', 'z'.repeat(52)],
    ['base64 without padding', sri.slice(0, -1)],
    ['base64 with bits beyond the digest', `${sri.slice(0, -2)}B=`],
    ['base64 of the URL alphabet', `sha256-${Buffer.alloc(32, 255).toString('base64url')}=`],
    ['hexadecimal behind a hyphen', `sha256-${digest.toString('hex')}`],
    ['two hashes', `${sri} ${sri}`],
    ['a line end', `${sri}\n`],
    ['the name of one algorithm and the digest of the other', `sha512-${digest.toString('base64')}`],
    ['text that is not ASCII', 'ä'.repeat(32)],
    ['a very long text', 'a'.repeat(1_000_000)],
  ])('refuses %s', (_, text) => {
    expect(() => convert(SRI, text)).toThrow(expect.objectContaining({ code: 'ENCODING_INVALID' }) as Error);
  });

  it('says what it could not read', () => {
    expect(() => convert(SRI, 'not-a-hash')).toThrow('not-a-hash');
  });

  it('writes no digest of a length that is none', () => {
    expect(() => write(SRI, new Uint8Array(20))).toThrow(
      expect.objectContaining({ code: 'ENCODING_INVALID' }) as Error,
    );
  });
});
