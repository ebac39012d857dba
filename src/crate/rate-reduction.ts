import { logDeterminant } from '../graph/ops/determinant.js';
import { add, div, mul, sqrt, square, sub } from '../graph/ops/elementwise.js';
import { transposeLast } from '../graph/ops/layout.js';
import { linear, matmul } from '../graph/ops/matrix.js';
import { mean, sum } from '../graph/ops/reduce.js';
import { sumKeep } from '../graph/ops/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';
import type { LayerView } from '../nn/denoiser.js';
import { splitHeads } from '../nn/heads.js';
import type { Params } from '../nn/params.js';
import type { CrateSize } from './crate.js';
import { LAMBDA } from './ista.js';
import { subspaces } from './mssa.js';

/** Allowed distortion of a token when its bits are counted: 0.01 as `explain` has it. It stands for the square of their epsilon. */
const DISTORTION = 0.01;

/** Added to the square of a token's length, since one that is all zeros has none to divide by. */
const LEAST_SQUARE = 1e-12;

/**
 * What a CRATE denoiser has left undone of its own objective, the sparse rate reduction of Yu et al. 2023 (equation 1) turned
 * round, with the l1 norm for the number of values that are not zero: R^c(Z; U) - R(Z) + lambda |code|_1 of a cell's tokens after
 * attention (rates in nats), a token; mean over layers and cells.
 * @param layers as the denoiser of these parameters showed them
 * @returns one number, below 0 where tokens spread over subspaces that each of them fills little of
 */
export function rateReductionLoss(
  params: Params,
  { dim, heads, tokens }: CrateSize,
  layers: readonly LayerView[],
): Tensor {
  const terms = layers.map(({ attended, code }, i) => {
    const unit = div(attended, sqrt(add(sumKeep(square(attended), [2]), LEAST_SQUARE)));
    const inside = splitHeads(
      linear(unit, subspaces(params.at('blocks').at(i).at('attn'), dim), null),
      heads,
    );
    const excess = sub(sum(codingRate(inside), [1]), codingRate(unit));
    // Codes are not negative: their sum is their l1 norm.
    return mul(mean(add(excess, mul(sum(code, [1, 2]), LAMBDA))), 1 / tokens);
  });
  return mul(
    terms.reduce((total, term) => add(total, term)),
    1 / terms.length,
  );
}

/**
 * R = 1/2 logdet(I + d / (n eps) Z Z') of n tokens of width d (Yu et al. 2023, equation 2, eps for epsilon^2), in nats. Few tokens are
 * assumed: their Gram matrix is the smaller one.
 * @param z ... x n x d
 * @returns one rate for each n x d
 */
function codingRate(z: Tensor): Tensor {
  const [n, d] = z.shape.slice(-2) as number[];
  const gram = mul(matmul(z, transposeLast(z)), d / (n * DISTORTION));
  const identity = Float32Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
  return mul(logDeterminant(add(gram, constant(identity, [n, n]))), 0.5);
}
