// SHA-256 (FIPS 180-4), one message at a time. hash.ts and everything else in the core that needs a
// digest calls it; sha256-lanes.ts is the kernel for four messages at once.

import { K256 } from './sha256-constants';

/** Writes the initial value of the eight state words. */
export function start256(state: usize): void {
  store<u32>(state, 0x6a09e667);
  store<u32>(state, 0xbb67ae85, 4);
  store<u32>(state, 0x3c6ef372, 8);
  store<u32>(state, 0xa54ff53a, 12);
  store<u32>(state, 0x510e527f, 16);
  store<u32>(state, 0x9b05688c, 20);
  store<u32>(state, 0x1f83d9ab, 24);
  store<u32>(state, 0x5be0cd19, 28);
}

// @ts-ignore: decorator
@inline
function word(data: usize, index: usize): u32 {
  return bswap(load<u32>(data + index * 4));
}

// @ts-ignore: decorator
@inline
function schedule(w0: u32, w1: u32, w9: u32, w14: u32): u32 {
  const s0 = rotr(w1, 7) ^ rotr(w1, 18) ^ (w1 >>> 3);
  const s1 = rotr(w14, 17) ^ rotr(w14, 19) ^ (w14 >>> 10);
  return w0 + s0 + w9 + s1;
}

/** T1 of the standard, with the round's constant and message word. */
// @ts-ignore: decorator
@inline
function first(e: u32, f: u32, g: u32, h: u32, k: usize, w: u32): u32 {
  const choice = g ^ (e & (f ^ g));
  return h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choice + (load<u32>(k) + w);
}

/** T2 of the standard. */
// @ts-ignore: decorator
@inline
function second(a: u32, b: u32, c: u32): u32 {
  const majority = (a & b) | (c & (a | b));
  return (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + majority;
}

/** Takes `blocks` blocks of 64 bytes into the state. */
export function compress256(state: usize, data: usize, blocks: usize): void {
  for (const end = data + blocks * 64; data < end; data += 64) {
    let a = load<u32>(state), b = load<u32>(state, 4);
    let c = load<u32>(state, 8), d = load<u32>(state, 12);
    let e = load<u32>(state, 16), f = load<u32>(state, 20);
    let g = load<u32>(state, 24), h = load<u32>(state, 28);
    let t: u32;

    // The message schedule is a ring of sixteen words: w0 holds W[0], then W[16], W[32], W[48].
    let w0 = word(data, 0), w1 = word(data, 1), w2 = word(data, 2), w3 = word(data, 3);
    let w4 = word(data, 4), w5 = word(data, 5), w6 = word(data, 6), w7 = word(data, 7);
    let w8 = word(data, 8), w9 = word(data, 9), w10 = word(data, 10), w11 = word(data, 11);
    let w12 = word(data, 12), w13 = word(data, 13), w14 = word(data, 14), w15 = word(data, 15);

    for (let k = K256; ; k += 64) {
      t = first(e, f, g, h, k, w0); d += t; h = t + second(a, b, c);
      t = first(d, e, f, g, k + 4, w1); c += t; g = t + second(h, a, b);
      t = first(c, d, e, f, k + 8, w2); b += t; f = t + second(g, h, a);
      t = first(b, c, d, e, k + 12, w3); a += t; e = t + second(f, g, h);
      t = first(a, b, c, d, k + 16, w4); h += t; d = t + second(e, f, g);
      t = first(h, a, b, c, k + 20, w5); g += t; c = t + second(d, e, f);
      t = first(g, h, a, b, k + 24, w6); f += t; b = t + second(c, d, e);
      t = first(f, g, h, a, k + 28, w7); e += t; a = t + second(b, c, d);
      t = first(e, f, g, h, k + 32, w8); d += t; h = t + second(a, b, c);
      t = first(d, e, f, g, k + 36, w9); c += t; g = t + second(h, a, b);
      t = first(c, d, e, f, k + 40, w10); b += t; f = t + second(g, h, a);
      t = first(b, c, d, e, k + 44, w11); a += t; e = t + second(f, g, h);
      t = first(a, b, c, d, k + 48, w12); h += t; d = t + second(e, f, g);
      t = first(h, a, b, c, k + 52, w13); g += t; c = t + second(d, e, f);
      t = first(g, h, a, b, k + 56, w14); f += t; b = t + second(c, d, e);
      t = first(f, g, h, a, k + 60, w15); e += t; a = t + second(b, c, d);
      if (k == K256 + 192) break;
      w0 = schedule(w0, w1, w9, w14);
      w1 = schedule(w1, w2, w10, w15);
      w2 = schedule(w2, w3, w11, w0);
      w3 = schedule(w3, w4, w12, w1);
      w4 = schedule(w4, w5, w13, w2);
      w5 = schedule(w5, w6, w14, w3);
      w6 = schedule(w6, w7, w15, w4);
      w7 = schedule(w7, w8, w0, w5);
      w8 = schedule(w8, w9, w1, w6);
      w9 = schedule(w9, w10, w2, w7);
      w10 = schedule(w10, w11, w3, w8);
      w11 = schedule(w11, w12, w4, w9);
      w12 = schedule(w12, w13, w5, w10);
      w13 = schedule(w13, w14, w6, w11);
      w14 = schedule(w14, w15, w7, w12);
      w15 = schedule(w15, w0, w8, w13);
    }

    store<u32>(state, load<u32>(state) + a);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}

/** Writes the digest: the state words in big-endian order. */
export function digest256(state: usize, to: usize): void {
  for (let i: usize = 0; i < 32; i += 4) store<u32>(to + i, bswap(load<u32>(state + i)));
}
