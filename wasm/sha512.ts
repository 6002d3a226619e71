// SHA-512 (FIPS 180-4). Same shape as sha256.ts with 64-bit words and 80 rounds; hash.ts calls it.

// @ts-ignore: decorator
@lazy
const K512: usize = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
  0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
  0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
  0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
  0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
  0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
  0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
  0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
  0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
  0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
  0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
  0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
]);

/** Writes the initial value of the eight state words. */
export function start512(state: usize): void {
  store<u64>(state, 0x6a09e667f3bcc908);
  store<u64>(state, 0xbb67ae8584caa73b, 8);
  store<u64>(state, 0x3c6ef372fe94f82b, 16);
  store<u64>(state, 0xa54ff53a5f1d36f1, 24);
  store<u64>(state, 0x510e527fade682d1, 32);
  store<u64>(state, 0x9b05688c2b3e6c1f, 40);
  store<u64>(state, 0x1f83d9abfb41bd6b, 48);
  store<u64>(state, 0x5be0cd19137e2179, 56);
}

// @ts-ignore: decorator
@inline
function word(data: usize, index: usize): u64 {
  return bswap(load<u64>(data + index * 8));
}

// @ts-ignore: decorator
@inline
function schedule(w0: u64, w1: u64, w9: u64, w14: u64): u64 {
  const s0 = rotr(w1, 1) ^ rotr(w1, 8) ^ (w1 >>> 7);
  const s1 = rotr(w14, 19) ^ rotr(w14, 61) ^ (w14 >>> 6);
  return w0 + s0 + w9 + s1;
}

/** T1 of the standard, with the round's constant and message word. */
// @ts-ignore: decorator
@inline
function first(e: u64, f: u64, g: u64, h: u64, k: usize, w: u64): u64 {
  const choice = g ^ (e & (f ^ g));
  return h + (rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41)) + choice + (load<u64>(k) + w);
}

/** T2 of the standard. */
// @ts-ignore: decorator
@inline
function second(a: u64, b: u64, c: u64): u64 {
  const majority = (a & b) | (c & (a | b));
  return (rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39)) + majority;
}

/** Takes `blocks` blocks of 128 bytes into the state. */
export function compress512(state: usize, data: usize, blocks: usize): void {
  for (const end = data + blocks * 128; data < end; data += 128) {
    let a = load<u64>(state), b = load<u64>(state, 8);
    let c = load<u64>(state, 16), d = load<u64>(state, 24);
    let e = load<u64>(state, 32), f = load<u64>(state, 40);
    let g = load<u64>(state, 48), h = load<u64>(state, 56);
    let t: u64;

    // The message schedule is a ring of sixteen words: w0 holds W[0], then W[16], W[32], …
    let w0 = word(data, 0), w1 = word(data, 1), w2 = word(data, 2), w3 = word(data, 3);
    let w4 = word(data, 4), w5 = word(data, 5), w6 = word(data, 6), w7 = word(data, 7);
    let w8 = word(data, 8), w9 = word(data, 9), w10 = word(data, 10), w11 = word(data, 11);
    let w12 = word(data, 12), w13 = word(data, 13), w14 = word(data, 14), w15 = word(data, 15);

    for (let k = K512; ; k += 128) {
      t = first(e, f, g, h, k, w0); d += t; h = t + second(a, b, c);
      t = first(d, e, f, g, k + 8, w1); c += t; g = t + second(h, a, b);
      t = first(c, d, e, f, k + 16, w2); b += t; f = t + second(g, h, a);
      t = first(b, c, d, e, k + 24, w3); a += t; e = t + second(f, g, h);
      t = first(a, b, c, d, k + 32, w4); h += t; d = t + second(e, f, g);
      t = first(h, a, b, c, k + 40, w5); g += t; c = t + second(d, e, f);
      t = first(g, h, a, b, k + 48, w6); f += t; b = t + second(c, d, e);
      t = first(f, g, h, a, k + 56, w7); e += t; a = t + second(b, c, d);
      t = first(e, f, g, h, k + 64, w8); d += t; h = t + second(a, b, c);
      t = first(d, e, f, g, k + 72, w9); c += t; g = t + second(h, a, b);
      t = first(c, d, e, f, k + 80, w10); b += t; f = t + second(g, h, a);
      t = first(b, c, d, e, k + 88, w11); a += t; e = t + second(f, g, h);
      t = first(a, b, c, d, k + 96, w12); h += t; d = t + second(e, f, g);
      t = first(h, a, b, c, k + 104, w13); g += t; c = t + second(d, e, f);
      t = first(g, h, a, b, k + 112, w14); f += t; b = t + second(c, d, e);
      t = first(f, g, h, a, k + 120, w15); e += t; a = t + second(b, c, d);
      if (k == K512 + 512) break;
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

    store<u64>(state, load<u64>(state) + a);
    store<u64>(state, load<u64>(state, 8) + b, 8);
    store<u64>(state, load<u64>(state, 16) + c, 16);
    store<u64>(state, load<u64>(state, 24) + d, 24);
    store<u64>(state, load<u64>(state, 32) + e, 32);
    store<u64>(state, load<u64>(state, 40) + f, 40);
    store<u64>(state, load<u64>(state, 48) + g, 48);
    store<u64>(state, load<u64>(state, 56) + h, 56);
  }
}

/** Writes the digest: the state words in big-endian order. */
export function digest512(state: usize, to: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(to + i, bswap(load<u64>(state + i)));
}
