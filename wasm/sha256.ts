// SHA-256 (FIPS 180-4), one message at a time. hash.ts and everything else in the core that needs a
// digest calls it; sha256-lanes.ts is the kernel for four messages at once.

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

/** The word sixteen after w0. */
// @ts-ignore: decorator
@inline
function next(w0: u32, w1: u32, w9: u32, w14: u32): u32 {
  const s0 = rotr(w1, 7) ^ rotr(w1, 18) ^ (w1 >>> 3);
  const s1 = rotr(w14, 17) ^ rotr(w14, 19) ^ (w14 >>> 10);
  return w0 + s0 + w9 + s1;
}

/** T1 of the standard. */
// @ts-ignore: decorator
@inline
function t1(e: u32, f: u32, g: u32, h: u32, k: u32, w: u32): u32 {
  const choice = g ^ (e & (f ^ g));
  return h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choice + (k + w);
}

/** T2 of the standard. */
// @ts-ignore: decorator
@inline
function t2(a: u32, b: u32, c: u32): u32 {
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
    // Written out, the 64 rounds run a tenth faster than as a loop: nothing moves between them.
    let w0 = word(data, 0), w1 = word(data, 1), w2 = word(data, 2), w3 = word(data, 3);
    let w4 = word(data, 4), w5 = word(data, 5), w6 = word(data, 6), w7 = word(data, 7);
    let w8 = word(data, 8), w9 = word(data, 9), w10 = word(data, 10), w11 = word(data, 11);
    let w12 = word(data, 12), w13 = word(data, 13), w14 = word(data, 14), w15 = word(data, 15);

    t = t1(e, f, g, h, 0x428a2f98, w0); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0x71374491, w1); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0xb5c0fbcf, w2); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0xe9b5dba5, w3); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x3956c25b, w4); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0x59f111f1, w5); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x923f82a4, w6); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0xab1c5ed5, w7); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0xd807aa98, w8); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0x12835b01, w9); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0x243185be, w10); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0x550c7dc3, w11); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x72be5d74, w12); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0x80deb1fe, w13); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x9bdc06a7, w14); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0xc19bf174, w15); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0xe49b69c1, w0 = next(w0, w1, w9, w14)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0xefbe4786, w1 = next(w1, w2, w10, w15)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0x0fc19dc6, w2 = next(w2, w3, w11, w0)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0x240ca1cc, w3 = next(w3, w4, w12, w1)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x2de92c6f, w4 = next(w4, w5, w13, w2)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0x4a7484aa, w5 = next(w5, w6, w14, w3)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x5cb0a9dc, w6 = next(w6, w7, w15, w4)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0x76f988da, w7 = next(w7, w8, w0, w5)); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0x983e5152, w8 = next(w8, w9, w1, w6)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0xa831c66d, w9 = next(w9, w10, w2, w7)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0xb00327c8, w10 = next(w10, w11, w3, w8)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0xbf597fc7, w11 = next(w11, w12, w4, w9)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0xc6e00bf3, w12 = next(w12, w13, w5, w10)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0xd5a79147, w13 = next(w13, w14, w6, w11)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x06ca6351, w14 = next(w14, w15, w7, w12)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0x14292967, w15 = next(w15, w0, w8, w13)); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0x27b70a85, w0 = next(w0, w1, w9, w14)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0x2e1b2138, w1 = next(w1, w2, w10, w15)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0x4d2c6dfc, w2 = next(w2, w3, w11, w0)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0x53380d13, w3 = next(w3, w4, w12, w1)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x650a7354, w4 = next(w4, w5, w13, w2)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0x766a0abb, w5 = next(w5, w6, w14, w3)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x81c2c92e, w6 = next(w6, w7, w15, w4)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0x92722c85, w7 = next(w7, w8, w0, w5)); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0xa2bfe8a1, w8 = next(w8, w9, w1, w6)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0xa81a664b, w9 = next(w9, w10, w2, w7)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0xc24b8b70, w10 = next(w10, w11, w3, w8)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0xc76c51a3, w11 = next(w11, w12, w4, w9)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0xd192e819, w12 = next(w12, w13, w5, w10)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0xd6990624, w13 = next(w13, w14, w6, w11)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0xf40e3585, w14 = next(w14, w15, w7, w12)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0x106aa070, w15 = next(w15, w0, w8, w13)); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0x19a4c116, w0 = next(w0, w1, w9, w14)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0x1e376c08, w1 = next(w1, w2, w10, w15)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0x2748774c, w2 = next(w2, w3, w11, w0)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0x34b0bcb5, w3 = next(w3, w4, w12, w1)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x391c0cb3, w4 = next(w4, w5, w13, w2)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0x4ed8aa4a, w5 = next(w5, w6, w14, w3)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0x5b9cca4f, w6 = next(w6, w7, w15, w4)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0x682e6ff3, w7 = next(w7, w8, w0, w5)); e += t; a = t + t2(b, c, d);
    t = t1(e, f, g, h, 0x748f82ee, w8 = next(w8, w9, w1, w6)); d += t; h = t + t2(a, b, c);
    t = t1(d, e, f, g, 0x78a5636f, w9 = next(w9, w10, w2, w7)); c += t; g = t + t2(h, a, b);
    t = t1(c, d, e, f, 0x84c87814, w10 = next(w10, w11, w3, w8)); b += t; f = t + t2(g, h, a);
    t = t1(b, c, d, e, 0x8cc70208, w11 = next(w11, w12, w4, w9)); a += t; e = t + t2(f, g, h);
    t = t1(a, b, c, d, 0x90befffa, w12 = next(w12, w13, w5, w10)); h += t; d = t + t2(e, f, g);
    t = t1(h, a, b, c, 0xa4506ceb, w13 = next(w13, w14, w6, w11)); g += t; c = t + t2(d, e, f);
    t = t1(g, h, a, b, 0xbef9a3f7, w14 = next(w14, w15, w7, w12)); f += t; b = t + t2(c, d, e);
    t = t1(f, g, h, a, 0xc67178f2, w15 = next(w15, w0, w8, w13)); e += t; a = t + t2(b, c, d);

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
