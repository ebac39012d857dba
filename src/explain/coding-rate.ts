/** Allowed distortion of a token when its bits are counted; it stands for the square of the paper's epsilon. */
const EPSILON = 0.01;

/**
 * Coding rate of tokens (Yu et al. 2023, equation 2): R = 1/2 logdet(I + d / (n eps) T' T), in nats, of tokens of unit length.
 * It grows with the number of directions that they fill.
 * @param tokens n x d, row-major; each is brought to unit length first, one of length 0 stays
 * @returns 0 or more
 */
export function codingRate(tokens: ArrayLike<number>, n: number, d: number): number {
  return rateOf(unitTokens(tokens, n, d), n, d);
}

/**
 * Coding rate against subspaces: R^c = sum over heads of 1/2 logdet(I + d_h / (n eps) W W'), with W = U' z the tokens of unit
 * length in the head's subspace (Yu et al. 2023, equation 3). MSSA is a step that makes it smaller.
 * @param tokens n x d, row-major
 * @param subspaces heads x d_h x d, row-major: the head's rows of the layer's projection U'
 * @returns a rate a head, each 0 or more; their sum is R^c
 */
export function subspaceRates(
  tokens: ArrayLike<number>,
  n: number,
  d: number,
  subspaces: ArrayLike<number>,
  heads: number,
): Float64Array {
  const unit = unitTokens(tokens, n, d);
  const width = subspaces.length / (heads * d);
  return Float64Array.from({ length: heads }, (_, head) => {
    const inside = new Float64Array(n * width);
    for (let token = 0; token < n; token++) {
      for (let k = 0; k < width; k++) {
        const row = (head * width + k) * d;
        let sum = 0;
        for (let i = 0; i < d; i++) sum += subspaces[row + i] * unit[token * d + i];
        inside[token * width + k] = sum;
      }
    }
    return rateOf(inside, n, width);
  });
}

/** 1/2 logdet(I + d / (n eps) A' A) of A (n x d), by the smaller of its two Gram matrices. */
function rateOf(a: Float64Array, n: number, d: number): number {
  const byToken = n < d;
  const size = byToken ? n : d;
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      if (byToken) for (let k = 0; k < d; k++) sum += a[i * d + k] * a[j * d + k];
      else for (let k = 0; k < n; k++) sum += a[k * d + i] * a[k * d + j];
      gram[i * size + j] = (d / (n * EPSILON)) * sum + (i === j ? 1 : 0);
    }
  }
  return 0.5 * logDeterminant(gram, size);
}

/** ln det of a positive definite matrix (lower triangle given, overwritten), by Cholesky. */
function logDeterminant(a: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = a[i * size + j];
      for (let k = 0; k < j; k++) value -= a[i * size + k] * a[j * size + k];
      a[i * size + j] = i === j ? Math.sqrt(value) : value / a[j * size + j];
    }
    sum += 2 * Math.log(a[i * size + i]);
  }
  return sum;
}

function unitTokens(tokens: ArrayLike<number>, n: number, d: number): Float64Array {
  const unit = Float64Array.from(tokens);
  for (let token = 0; token < n; token++) {
    const row = unit.subarray(token * d, (token + 1) * d);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < d; i++) row[i] /= length;
  }
  return unit;
}
