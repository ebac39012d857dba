/** How cells use the atoms of a code; arrays of one an atom, or types x atoms, row-major. */
export interface Usage {
  readonly atoms: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Share of cells whose code is above zero. */
  readonly share: Float64Array;
  readonly typeMean: Float64Array;
  readonly typeShare: Float64Array;
}

/**
 * @param code cells x atoms, row-major, 0 or more
 * @param types of each cell in [0, names), -1 without one
 */
export function usageOf(code: Float32Array, atoms: number, types: ArrayLike<number>, names: number): Usage {
  const cells = code.length / atoms;
  const [mean, squares, share] = [0, 1, 2].map(() => new Float64Array(atoms));
  const [typeMean, typeShare] = [0, 1].map(() => new Float64Array(names * atoms));
  const sizes = new Float64Array(names);
  for (let cell = 0; cell < cells; cell++) {
    const type = types[cell];
    if (type >= 0) sizes[type]++;
    for (let atom = 0; atom < atoms; atom++) {
      const value = code[cell * atoms + atom];
      if (value === 0) continue;
      mean[atom] += value / cells;
      squares[atom] += (value * value) / cells;
      share[atom] += 1 / cells;
      if (type < 0) continue;
      typeMean[type * atoms + atom] += value;
      typeShare[type * atoms + atom]++;
    }
  }
  const perCell = (sums: Float64Array) =>
    sums.map((sum, at) => (sizes[Math.floor(at / atoms)] > 0 ? sum / sizes[Math.floor(at / atoms)] : 0));
  const deviation = squares.map((square, atom) => Math.sqrt(Math.max(0, square - mean[atom] ** 2)));
  return { atoms, mean, deviation, share, typeMean: perCell(typeMean), typeShare: perCell(typeShare) };
}

/** An atom that fewer cells use is dead. */
const LEAST_SHARE = 0.001;

/**
 * Atoms that cells use, those that move genes most first. The strength of an atom is the deviation of its code times the length
 * of its programme.
 * @param loadings genes x atoms
 */
export function liveAtoms(
  usage: Usage,
  loadings: Float64Array,
): { atoms: Int32Array; strength: Float64Array } {
  const { atoms, deviation, share } = usage;
  const lengths = new Float64Array(atoms);
  for (let at = 0; at < loadings.length; at++) lengths[at % atoms] += loadings[at] ** 2;
  const strength = lengths.map((square, atom) => Math.sqrt(square) * deviation[atom]);
  const live = Array.from(strength.keys()).filter((atom) => share[atom] >= LEAST_SHARE && strength[atom] > 0);
  return { atoms: Int32Array.from(live.sort((a, b) => strength[b] - strength[a])), strength };
}

/** Two columns nearer than this are the same programme twice. */
const DUPLICATE = 0.9;

/** How alike columns are. */
export interface Coherence {
  /** For each of the chosen columns, the one most like it and the cosine between them; -1 and 0 where there is no other. */
  readonly nearest: readonly { readonly atom: number; readonly cosine: number }[];
  /** The largest cosine of two columns (mutual coherence, without its sign), and the mean one. */
  readonly most: number;
  readonly mean: number;
  /** Pairs of chosen columns whose cosine is above 0.9. */
  readonly duplicates: readonly (readonly [number, number])[];
}

/**
 * Cost: columns^2 x genes / 2.
 * @param matrix rows x atoms, row-major
 * @param chosen atoms to compare with each other
 */
export function coherenceOf(matrix: Float64Array, atoms: number, chosen: Int32Array): Coherence {
  const rows = matrix.length / atoms;
  const columns = Array.from(chosen, (atom) => {
    const column = Float64Array.from({ length: rows }, (_, row) => matrix[row * atoms + atom]);
    const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
    return length > 0 ? column.map((value) => value / length) : column;
  });
  const nearest = columns.map(() => ({ atom: -1, cosine: 0 }));
  const duplicates: [number, number][] = [];
  let [most, total] = [0, 0];
  columns.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const b = columns[j];
      let cosine = 0;
      for (let row = 0; row < rows; row++) cosine += a[row] * b[row];
      most = Math.max(most, Math.abs(cosine));
      total += Math.abs(cosine);
      if (cosine > DUPLICATE) duplicates.push([chosen[j], chosen[i]]);
      if (cosine > nearest[i].cosine) nearest[i] = { atom: chosen[j], cosine };
      if (cosine > nearest[j].cosine) nearest[j] = { atom: chosen[i], cosine };
    }
  });
  const pairs = (columns.length * (columns.length - 1)) / 2;
  return { nearest, most, mean: pairs > 0 ? total / pairs : 0, duplicates };
}
