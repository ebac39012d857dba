/** Points that a local fit may hold before the tree cuts it, as a share of the neighbourhood (dloess's default). */
const CELL_SHARE = 0.2;
/** Room beside the data, as a share of their range. */
const MARGIN = 0.005;
/** A column whose part orthogonal to the ones before is smaller than this is left out of a local fit. */
const COLLINEAR = 1e-12;

/**
 * Local quadratic regression of y on x with tricube weights, evaluated at every x.
 * Cleveland and Grosse (1991), "Computational methods for local regression", doi:10.1007/BF01890836: direct fits at
 * the corners of a k-d tree, blended by cubics of their values and slopes, as R's `loess(degree = 2)` does.
 * @param x any order, repeated values allowed
 * @param span share of the points in a neighbourhood, in (0, 1]; never fewer than four points
 * @returns the fitted value of each point
 */
export function loess(x: Float64Array, y: Float64Array, span: number): Float64Array {
  const n = x.length;
  const order = Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
  const sortedX = Float64Array.from(order, (i) => x[i]);
  const sortedY = Float64Array.from(order, (i) => y[i]);
  const neighbours = Math.min(n, Math.max(4, Math.floor(n * span + 1e-5)));
  const corners = treeCorners(sortedX, Math.floor(n * span * CELL_SHARE));
  const fits = Array.from(corners, (corner) => fitQuadratic(sortedX, sortedY, corner, neighbours));

  const fitted = new Float64Array(n);
  let cell = 0;
  for (let i = 0; i < n; i++) {
    while (cell < corners.length - 2 && sortedX[i] > corners[cell + 1]) cell++;
    fitted[order[i]] = blend(sortedX[i], corners[cell], corners[cell + 1], fits[cell], fits[cell + 1]);
  }
  return fitted;
}

/** Value and slope of a local fit at its centre. */
interface LocalFit {
  readonly value: number;
  readonly slope: number;
}

/** Ends and cuts of the one-dimensional k-d tree, ascending; every cell holds at most `cellSize` distinct points. */
function treeCorners(sortedX: Float64Array, cellSize: number): Float64Array {
  const n = sortedX.length;
  const low = sortedX[0];
  const high = sortedX[n - 1];
  const margin = MARGIN * Math.max(high - low, Math.max(Math.abs(low), Math.abs(high)) * 1e-3 + 1e-30);
  const corners = new Set<number>([low - margin, high + margin]);
  const cut = (first: number, last: number, lower: number, upper: number): void => {
    if (last - first + 1 <= Math.max(cellSize, 1)) return;
    const middle = untiedMiddle(sortedX, first, last);
    const at = sortedX[middle];
    if (at === lower || at === upper) return;
    corners.add(at);
    cut(first, middle, lower, at);
    cut(middle + 1, last, at, upper);
  };
  cut(0, n - 1, low - margin, high + margin);
  return Float64Array.from(corners).sort();
}

/** The place nearest the median, above before below, whose next point differs; the median itself if ties reach an end. */
function untiedMiddle(sortedX: Float64Array, first: number, last: number): number {
  const median = first + ((last - first) >> 1);
  let offset = 0;
  while (median + offset < last && median + offset >= first) {
    const at = median + offset;
    if (sortedX[at] !== sortedX[at + 1]) return at;
    offset = offset > 0 ? -offset : 1 - offset;
  }
  return median;
}

/** Weighted least squares on 1, u, u^2 with u = (x - centre) / bandwidth, over the nearest points. */
function fitQuadratic(x: Float64Array, y: Float64Array, centre: number, neighbours: number): LocalFit {
  let first = 0;
  while (first + neighbours < x.length && centre - x[first] > x[first + neighbours] - centre) first++;
  const bandwidth = Math.max(Math.abs(centre - x[first]), Math.abs(x[first + neighbours - 1] - centre));

  const moments = new Float64Array(5);
  const products = new Float64Array(3);
  for (let i = first; i < first + neighbours; i++) {
    const u = bandwidth > 0 ? (x[i] - centre) / bandwidth : 1;
    const weight = tricube(Math.abs(u));
    let power = weight;
    for (let k = 0; k < 5; k++) {
      moments[k] += power;
      if (k < 3) products[k] += power * y[i];
      power *= u;
    }
  }
  if (moments[0] === 0) return { value: meanOf(y.subarray(first, first + neighbours)), slope: 0 };
  const [value, slope] = solveNormalEquations(moments, products);
  return { value, slope: slope / bandwidth };
}

function tricube(distance: number): number {
  const root = 1 - distance ** 3;
  return distance < 1 ? root ** 3 : 0;
}

/**
 * Cholesky solution for the Hankel matrix of moments; where the points do not determine a power, it is left out
 * (a line, or a constant).
 */
function solveNormalEquations(moments: Float64Array, products: Float64Array): [number, number] {
  const [m0, m1, m2, m3, m4] = moments;
  const meanU = m1 / m0;
  const meanY = products[0] / m0;
  const varianceU = m2 - m1 * meanU;
  if (varianceU <= COLLINEAR * m2 || !(varianceU > 0)) return [meanY, 0];
  const covariance = products[1] - products[0] * meanU;
  const crossed = m3 - m2 * meanU;
  const ratio = crossed / varianceU;
  const rest = m4 - (m2 * m2) / m0 - ratio * crossed;
  const curve =
    rest > COLLINEAR * m4 ? (products[2] - (products[0] * m2) / m0 - ratio * covariance) / rest : 0;
  const slope = covariance / varianceU - curve * ratio;
  return [meanY - slope * meanU - (curve * m2) / m0, slope];
}

/** Cubic Hermite interpolation between two local fits. */
function blend(x: number, left: number, right: number, a: LocalFit, b: LocalFit): number {
  const width = right - left;
  const h = (x - left) / width;
  const g = 1 - h;
  return (
    g * g * (1 + 2 * h) * a.value +
    h * h * (1 + 2 * g) * b.value +
    (g * g * h * a.slope - h * h * g * b.slope) * width
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
