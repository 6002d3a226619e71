// SHA-256 of four messages at once: lane i of every vector belongs to message i. lanes.ts calls it in
// the SIMD build; sha256.ts is the same algorithm for one message.
//
// Four messages of the same block number are transposed on loading, 16 bytes of each at a time:
//
//   x = | x0 x1 x2 x3 |   low(x, y)  = | x0 y0 x1 y1 |   even(xy, zu) = | x0 y0 z0 u0 |  = W[0]
//   y = | y0 y1 y2 y3 |   low(z, u)  = | z0 u0 z1 u1 |   odd (xy, zu) = | x1 y1 z1 u1 |  = W[1]
//   z = | z0 z1 z2 z3 |   high(x, y) = | x2 y2 x3 y3 |   even(xy, zu) = | x2 y2 z2 u2 |  = W[2]
//   u = | u0 u1 u2 u3 |   high(z, u) = | z2 u2 z3 u3 |   odd (xy, zu) = | x3 y3 z3 u3 |  = W[3]
//
// The state is kept transposed: eight vectors, a of all four messages, then b, and so on.

// The round constants (FIPS 180-4, 4.2.2).
// @ts-ignore: decorator
@lazy
const K256: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

// @ts-ignore: decorator
@inline
function add(x: v128, y: v128): v128 { return i32x4.add(x, y); }

// @ts-ignore: decorator
@inline
function xor(x: v128, y: v128, z: v128): v128 { return v128.xor(v128.xor(x, y), z); }

// WASM has no vector rotation; two shifts and an `or` are what the machine does as well.
// @ts-ignore: decorator
@inline
function turn(x: v128, n: i32): v128 { return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n)); }

// @ts-ignore: decorator
@inline
function low(x: v128, y: v128): v128 { return v128.shuffle<u32>(x, y, 0, 4, 1, 5); }

// @ts-ignore: decorator
@inline
function high(x: v128, y: v128): v128 { return v128.shuffle<u32>(x, y, 2, 6, 3, 7); }

// @ts-ignore: decorator
@inline
function even(x: v128, y: v128): v128 { return v128.shuffle<u64>(x, y, 0, 2); }

// @ts-ignore: decorator
@inline
function odd(x: v128, y: v128): v128 { return v128.shuffle<u64>(x, y, 1, 3); }

/** The bytes of each word reversed: messages are big-endian. */
// @ts-ignore: decorator
@inline
function swap(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** The word sixteen after w0. */
// @ts-ignore: decorator
@inline
function next(w0: v128, w1: v128, w9: v128, w14: v128): v128 {
  const s0 = xor(turn(w1, 7), turn(w1, 18), i32x4.shr_u(w1, 3));
  const s1 = xor(turn(w14, 17), turn(w14, 19), i32x4.shr_u(w14, 10));
  return add(add(w0, s0), add(w9, s1));
}

/** T1 of the standard; `k` is the address of the round's constant. */
// @ts-ignore: decorator
@inline
function t1(e: v128, f: v128, g: v128, h: v128, k: usize, w: v128): v128 {
  const s = xor(turn(e, 6), turn(e, 11), turn(e, 25));
  const choice = v128.bitselect(f, g, e);
  return add(add(add(h, s), choice), add(v128.load32_splat(k), w));
}

/** T2 of the standard. */
// @ts-ignore: decorator
@inline
function t2(a: v128, b: v128, c: v128): v128 {
  const s = xor(turn(a, 2), turn(a, 13), turn(a, 22));
  const majority = v128.bitselect(c, a, v128.xor(a, b));
  return add(s, majority);
}

/** Takes `blocks` blocks of 64 bytes from each of four messages into the transposed state. */
export function compress256x4(
  state: usize, p0: usize, p1: usize, p2: usize, p3: usize, blocks: usize,
): void {
  for (const end = p0 + blocks * 64; p0 < end; p0 += 64, p1 += 64, p2 += 64, p3 += 64) {
    let a = v128.load(state), b = v128.load(state, 16);
    let c = v128.load(state, 32), d = v128.load(state, 48);
    let e = v128.load(state, 64), f = v128.load(state, 80);
    let g = v128.load(state, 96), h = v128.load(state, 112);
    let t: v128, x: v128, y: v128, z: v128, u: v128, xy: v128, zu: v128;

    x = v128.load(p0); y = v128.load(p1); z = v128.load(p2); u = v128.load(p3);
    xy = low(x, y); zu = low(z, u);
    let w0 = swap(even(xy, zu)), w1 = swap(odd(xy, zu));
    xy = high(x, y); zu = high(z, u);
    let w2 = swap(even(xy, zu)), w3 = swap(odd(xy, zu));
    x = v128.load(p0, 16); y = v128.load(p1, 16); z = v128.load(p2, 16); u = v128.load(p3, 16);
    xy = low(x, y); zu = low(z, u);
    let w4 = swap(even(xy, zu)), w5 = swap(odd(xy, zu));
    xy = high(x, y); zu = high(z, u);
    let w6 = swap(even(xy, zu)), w7 = swap(odd(xy, zu));
    x = v128.load(p0, 32); y = v128.load(p1, 32); z = v128.load(p2, 32); u = v128.load(p3, 32);
    xy = low(x, y); zu = low(z, u);
    let w8 = swap(even(xy, zu)), w9 = swap(odd(xy, zu));
    xy = high(x, y); zu = high(z, u);
    let w10 = swap(even(xy, zu)), w11 = swap(odd(xy, zu));
    x = v128.load(p0, 48); y = v128.load(p1, 48); z = v128.load(p2, 48); u = v128.load(p3, 48);
    xy = low(x, y); zu = low(z, u);
    let w12 = swap(even(xy, zu)), w13 = swap(odd(xy, zu));
    xy = high(x, y); zu = high(z, u);
    let w14 = swap(even(xy, zu)), w15 = swap(odd(xy, zu));

    for (let k = K256; ; k += 64) {
      t = t1(e, f, g, h, k, w0); d = add(d, t); h = add(t, t2(a, b, c));
      t = t1(d, e, f, g, k + 4, w1); c = add(c, t); g = add(t, t2(h, a, b));
      t = t1(c, d, e, f, k + 8, w2); b = add(b, t); f = add(t, t2(g, h, a));
      t = t1(b, c, d, e, k + 12, w3); a = add(a, t); e = add(t, t2(f, g, h));
      t = t1(a, b, c, d, k + 16, w4); h = add(h, t); d = add(t, t2(e, f, g));
      t = t1(h, a, b, c, k + 20, w5); g = add(g, t); c = add(t, t2(d, e, f));
      t = t1(g, h, a, b, k + 24, w6); f = add(f, t); b = add(t, t2(c, d, e));
      t = t1(f, g, h, a, k + 28, w7); e = add(e, t); a = add(t, t2(b, c, d));
      t = t1(e, f, g, h, k + 32, w8); d = add(d, t); h = add(t, t2(a, b, c));
      t = t1(d, e, f, g, k + 36, w9); c = add(c, t); g = add(t, t2(h, a, b));
      t = t1(c, d, e, f, k + 40, w10); b = add(b, t); f = add(t, t2(g, h, a));
      t = t1(b, c, d, e, k + 44, w11); a = add(a, t); e = add(t, t2(f, g, h));
      t = t1(a, b, c, d, k + 48, w12); h = add(h, t); d = add(t, t2(e, f, g));
      t = t1(h, a, b, c, k + 52, w13); g = add(g, t); c = add(t, t2(d, e, f));
      t = t1(g, h, a, b, k + 56, w14); f = add(f, t); b = add(t, t2(c, d, e));
      t = t1(f, g, h, a, k + 60, w15); e = add(e, t); a = add(t, t2(b, c, d));
      if (k == K256 + 192) break;
      w0 = next(w0, w1, w9, w14);
      w1 = next(w1, w2, w10, w15);
      w2 = next(w2, w3, w11, w0);
      w3 = next(w3, w4, w12, w1);
      w4 = next(w4, w5, w13, w2);
      w5 = next(w5, w6, w14, w3);
      w6 = next(w6, w7, w15, w4);
      w7 = next(w7, w8, w0, w5);
      w8 = next(w8, w9, w1, w6);
      w9 = next(w9, w10, w2, w7);
      w10 = next(w10, w11, w3, w8);
      w11 = next(w11, w12, w4, w9);
      w12 = next(w12, w13, w5, w10);
      w13 = next(w13, w14, w6, w11);
      w14 = next(w14, w15, w7, w12);
      w15 = next(w15, w0, w8, w13);
    }

    v128.store(state, add(v128.load(state), a));
    v128.store(state, add(v128.load(state, 16), b), 16);
    v128.store(state, add(v128.load(state, 32), c), 32);
    v128.store(state, add(v128.load(state, 48), d), 48);
    v128.store(state, add(v128.load(state, 64), e), 64);
    v128.store(state, add(v128.load(state, 80), f), 80);
    v128.store(state, add(v128.load(state, 96), g), 96);
    v128.store(state, add(v128.load(state, 112), h), 112);
  }
}
