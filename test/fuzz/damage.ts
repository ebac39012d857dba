import { changedAt, descriptionIn, redescribed, waysIn } from '../model/damaged-description.js';

/** A small seeded generator of numbers in [0, 1) (splitmix32, mixing constants of MurmurHash3's finaliser). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Bytes at the front of a file, where its structure is described. */
const frontBytes = 4096;

/** A damaged copy: cut short, or one to four bits turned anywhere or at the front, or a block zeroed, moved or doubled. */
export function damagedCopy(bytes: Buffer, seed: number): Buffer {
  const random = generator(seed);
  const below = (n: number) => Math.floor(random() * n);
  switch (below(8)) {
    case 0:
    case 1:
      return bytes.subarray(0, below(bytes.length));
    case 2:
    case 3:
    case 4:
      return flipped(bytes, bytes.length, below);
    case 5:
      return flipped(bytes, Math.min(frontBytes, bytes.length), below);
    case 6: {
      const copy = Buffer.from(bytes);
      const at = below(bytes.length);
      copy.fill(below(2) === 0 ? 0 : 255, at, Math.min(bytes.length, at + 1 + below(512)));
      return copy;
    }
    default: {
      const copy = Buffer.from(bytes);
      const from = below(bytes.length);
      bytes.copy(copy, below(bytes.length), from, from + 1 + below(512));
      return copy;
    }
  }
}

function flipped(bytes: Buffer, length: number, below: (n: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = below(4); n >= 0; n--) copy[below(length)] ^= 1 << below(8);
  return copy;
}

/** What may come to stand at a field of a description: sizes, kinds and names of every field, and what is none of them. */
const strangeValues: readonly unknown[] = [
  ...[undefined, null, true, [], {}, [[]], '', '7', '__proto__', 'constructor', 'NaN'],
  ...[
    'genes',
    'latent',
    'noised-genes',
    'hurdle',
    'mlp',
    'raising',
    'crate',
    'dit',
    'ddim',
    'ddpm',
    'linear',
    'x0',
  ],
  ...[0, -1, 0.5, 1, 2, 3, 4, 5, 7, 16, 64, 1000, 2 ** 31, 1e9, 2 ** 53, 1e300],
];

/** A copy of a model with another value at a field of its description and the checksum that belongs to it. */
export function misdescribedCopy(model: Buffer, seed: number): Buffer {
  const random = generator(seed);
  const description = descriptionIn(model);
  const some = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  // Members of long lists would take nearly all the damage.
  const ways = waysIn(description).filter((way) => !(Number(way.at(-1)) > 1));
  return redescribed(model, changedAt(description, some(ways), some(strangeValues)));
}
