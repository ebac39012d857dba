import { logFactorial } from '../src/random/log-factorial.js';

/** How often a classifier recognises a label: in `real` and in `generated` cells of it, all shares in [0, 1]. */
export interface RecognisedLabel {
  readonly real: number;
  readonly generated: number;
  readonly recognisedReal: number;
  readonly recognisedGenerated: number;
}

/** Steps by which the expectation is summed over differences from -1 to 1. */
const STEPS = 2_000;

/**
 * What the least difference (generated minus real) over labels comes to on average by chance alone, where cells of both sides
 * are recognised with the same probability, that of both together. Labels without a cell on either side are left out.
 */
export function expectedWorst(labels: readonly RecognisedLabel[]): number {
  const compared = labels.filter(({ real, generated }) => real >= 1 && generated >= 1);
  if (compared.length === 0) return Number.NaN;
  const beyond = compared.map(chancesBeyond);
  // The mean of a number between -1 and 1 is -1 plus what its chances of being beyond x come to over x.
  let mean = -1;
  for (let i = 0; i < STEPS; i++) {
    mean += (2 / STEPS) * beyond.reduce((product, chances) => product * chances[i]!, 1);
  }
  return mean;
}

/** The chance that a label's difference lies beyond x, in the middle of each step. */
function chancesBeyond(label: RecognisedLabel): Float64Array {
  const { real, generated, recognisedReal, recognisedGenerated } = label;
  const share = (real * recognisedReal + generated * recognisedGenerated) / (real + generated);
  const [ofReal, ofGenerated] = [binomial(real, share), binomial(generated, share)];
  // tail[i]: the chance that i generated cells or more are recognised.
  const tail = new Float64Array(generated + 2);
  for (let i = generated; i >= 0; i--) tail[i] = tail[i + 1]! + ofGenerated[i]!;
  return Float64Array.from({ length: STEPS }, (_, step) => {
    const x = -1 + (2 * step + 1) / STEPS;
    return ofReal.reduce((sum, chance, j) => {
      const least = Math.floor((x + j / real) * generated + 1e-9) + 1;
      return sum + chance * tail[Math.min(Math.max(least, 0), generated + 1)]!;
    }, 0);
  });
}

/** Chances of 0 to n of n. */
function binomial(n: number, share: number): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, k) => {
    const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    const log = (count: number, chance: number) => (count === 0 ? 0 : count * Math.log(chance));
    return Math.exp(ways + log(k, share) + log(n - k, 1 - share));
  });
}
