/** Mean row of each type; null for a type without cells. */
export function typeCentroids(
  rows: Float32Array,
  width: number,
  types: ArrayLike<number>,
  names: number,
): (Float64Array | null)[] {
  const sizes = new Float64Array(names);
  const sums = Array.from({ length: names }, () => new Float64Array(width));
  for (let cell = 0; cell < types.length; cell++) {
    const type = types[cell];
    if (type < 0) continue;
    sizes[type]++;
    for (let k = 0; k < width; k++) sums[type][k] += rows[cell * width + k];
  }
  return sums.map((sum, type) => (sizes[type] > 0 ? sum.map((value) => value / sizes[type]) : null));
}

/** The type whose centroid is nearest to each row (Euclidean, over the centroids' coordinates). */
export function nearestTypes(
  rows: Float32Array,
  width: number,
  centroids: readonly (Float64Array | null)[],
): Int32Array {
  return Int32Array.from({ length: rows.length / width }, (_, cell) => {
    let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
    centroids.forEach((centroid, type) => {
      if (centroid === null) return;
      let distance = 0;
      for (let k = 0; k < centroid.length; k++) distance += (rows[cell * width + k] - centroid[k]) ** 2;
      if (distance < least) [nearest, least] = [type, distance];
    });
    return nearest;
  });
}

/**
 * When each cell's type was decided: the first step from which on it stays what it is at the end.
 * @param path nearest types of all cells at each step
 */
export function decisionSteps(path: readonly Int32Array[]): Int32Array {
  const last = path[path.length - 1];
  return last.map((type, cell) => {
    let step = path.length - 1;
    while (step > 0 && path[step - 1][cell] === type) step--;
    return step;
  });
}

/** Share of cells whose type is decided at each step. */
export const decidedShare = (decisions: Int32Array, steps: number): number[] =>
  Array.from(
    { length: steps },
    (_, step) => decisions.filter((own) => own <= step).length / decisions.length,
  );
