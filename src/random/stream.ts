import { OptionError } from '../errors.js';
import { drawGamma, drawNegativeBinomial, drawPoisson } from './distributions.js';
import { philox4x32 } from './philox.js';

const INVERSE_2_32 = 2 ** -32;
const INVERSE_2_53 = 2 ** -53;
const TWO_PI = 2 * Math.PI;

/**
 * An endless sequence of random numbers, fixed by (seed, purpose, index, step) alone: cell i's stream does not
 * know which batch, thread or order it is drawn in. Counters are (block, step, index low, index high).
 */
export class Stream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #step: number;
  readonly #indexLow: number;
  readonly #indexHigh: number;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;
  #spareNormal: number | null = null;

  /** Use `stream()`, which derives the key from a seed and a purpose. */
  constructor(key0: number, key1: number, index: number, step: number) {
    this.#key0 = key0;
    this.#key1 = key1;
    this.#step = step;
    this.#indexLow = index >>> 0;
    this.#indexHigh = Math.floor(index * INVERSE_2_32);
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      philox4x32(
        this.#block++,
        this.#step,
        this.#indexLow,
        this.#indexHigh,
        this.#key0,
        this.#key1,
        this.#words,
      );
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** Uniform in the open interval (0, 1), on the odd multiples of 2^-53. */
  uniform(): number {
    const high = this.uint32();
    const low = this.uint32() >>> 12;
    return (high * 1048576 + low) * 2 * INVERSE_2_53 + INVERSE_2_53;
  }

  /**
   * Standard normal, by Box and Muller (1958), two at a time from two 32-bit words; |value| stays below 6.77.
   */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare !== null) {
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 0.5) * INVERSE_2_32));
    const angle = TWO_PI * INVERSE_2_32 * this.uint32();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Writes `length` standard normals from `start` on: the same numbers as `length` calls of `normal()`. */
  fillNormal(out: Float32Array, start = 0, length = out.length - start): void {
    let i = start;
    const end = start + length;
    if (i < end && this.#spareNormal !== null) out[i++] = this.normal();
    for (; i + 1 < end; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((this.uint32() + 0.5) * INVERSE_2_32));
      const angle = TWO_PI * INVERSE_2_32 * this.uint32();
      out[i] = radius * Math.cos(angle);
      out[i + 1] = radius * Math.sin(angle);
    }
    if (i < end) out[i] = this.normal();
  }

  /** Gamma with the given shape > 0 and scale 1. */
  gamma(shape: number): number {
    return drawGamma(this, shape);
  }

  /** Poisson with the given mean >= 0. */
  poisson(mean: number): number {
    return drawPoisson(this, mean);
  }

  /** Negative binomial with mean >= 0 and variance mean + mean^2 / theta; theta > 0, Infinity for Poisson. */
  negativeBinomial(mean: number, theta: number): number {
    return drawNegativeBinomial(this, mean, theta);
  }

  /** Uniform integer in [0, n), without bias; n is an integer in [1, 2^32]. */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 32)) {
      throw new OptionError('n', `${n} is not an integer from 1 to 2^32`, 'Ask for a smaller range');
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [position: number]: unknown }>(array: T): T {
    const items: { [position: number]: unknown } = array;
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return array;
  }
}

/**
 * Opens a stream; cheap enough for one a cell and step.
 * @param seed integer in [0, 2^53)
 * @param purpose what the numbers are for: other purposes give unrelated numbers
 * @param index the cell, an integer in [0, 2^53)
 * @param step the sampling or training step, an integer in [0, 2^32)
 * @throws OptionError for a seed that is no such integer
 */
export function stream(seed: number, purpose: string, index = 0, step = 0): Stream {
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new OptionError('seed', `${seed} is not a whole number from 0 to 2^53 - 1`, 'Give another seed');
  }
  const [key0, key1] = deriveKey(seed, purpose);
  return new Stream(key0, key1, index, step);
}

/** One Philox block under the seed as its key, with two FNV-1a hashes of the purpose as its counter. */
function deriveKey(seed: number, purpose: string): [number, number] {
  let hash0 = 0x811c9dc5;
  let hash1 = 0x9747b28c;
  for (let i = 0; i < purpose.length; i++) {
    const code = purpose.charCodeAt(i);
    hash0 = Math.imul(hash0 ^ code, 0x01000193);
    hash1 = Math.imul(hash1 ^ code, 0x85ebca6b) ^ (hash1 >>> 15);
  }
  const words = new Uint32Array(4);
  philox4x32(hash0, hash1, purpose.length, 0, seed >>> 0, Math.floor(seed * INVERSE_2_32), words);
  return [words[0], words[1]];
}
