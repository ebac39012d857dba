/**
 * Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters whose outputs pass BigCrush.
 * Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

const M0_LOW = MULTIPLIER_0 & 0xffff;
const M0_HIGH = MULTIPLIER_0 >>> 16;
const M1_LOW = MULTIPLIER_1 & 0xffff;
const M1_HIGH = MULTIPLIER_1 >>> 16;

/**
 * Encrypts one counter (c0..c3) under the key (k0, k1); all are 32-bit words.
 * @param out receives the four words of the block at 0..3
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    // The high half of a 32 x 32 bit product, from 16-bit halves: every partial sum stays below 2^32.
    const a = x0 & 0xffff;
    const b = x0 >>> 16;
    const middleA = (Math.imul(M0_HIGH, a) >>> 0) + (Math.imul(M0_LOW, a) >>> 16);
    const crossA = (Math.imul(M0_LOW, b) >>> 0) + (middleA & 0xffff);
    const high0 = (Math.imul(M0_HIGH, b) + (middleA >>> 16) + (crossA >>> 16)) | 0;

    const c = x2 & 0xffff;
    const d = x2 >>> 16;
    const middleB = (Math.imul(M1_HIGH, c) >>> 0) + (Math.imul(M1_LOW, c) >>> 16);
    const crossB = (Math.imul(M1_LOW, d) >>> 0) + (middleB & 0xffff);
    const high1 = (Math.imul(M1_HIGH, d) + (middleB >>> 16) + (crossB >>> 16)) | 0;

    const low0 = Math.imul(MULTIPLIER_0, x0);
    const low1 = Math.imul(MULTIPLIER_1, x2);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}
