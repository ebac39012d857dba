import type { ReadoutKind } from '../counts/readout.js';

/** A decoder's last layer: what it adds to genes for each atom of a cell's code. */
export interface LinearReadout {
  readonly kind: ReadoutKind;
  /** Whether weights are 0 or more. */
  readonly raises: boolean;
  readonly genes: number;
  readonly atoms: number;
  /** Weights (genes x atoms, row-major) and biases of the readout, by parameter name. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Library size to which expression is normalised; null where the values are log-normalised already. */
  readonly targetSum: number | null;
}

/** Gene programmes of a decoder, each a column of two matrices of genes x atoms, row-major. */
export interface Programmes {
  readonly genes: number;
  readonly atoms: number;
  /**
   * Exact: what a unit of the code adds to the logarithm of each gene's rate, before all rates are brought to the library
   * size; 0 or more of a decoder that only raises genes, else centred over genes, since the softmax ignores what all share. Of
   * log-normalised values: what it adds to the mean of a gene that is on.
   */
  readonly loadings: Float64Array;
  /**
   * What expected ln(1 + x) would lose without the programme in cells that use it, which are taken by their mean code, each
   * cell as much as it uses the programme: the same programme in the units of PCA and NMF, where a gene that is hardly there
   * says little. 0 for a programme that no cell uses.
   */
  readonly effects: Float64Array;
}

/**
 * Cost: atoms x (rows + genes) x atoms.
 * @param codes of cells, rows x atoms, row-major, 0 or more
 */
export function geneProgrammes(readout: LinearReadout, codes: Float32Array): Programmes {
  const { genes, atoms, weights, kind } = readout;
  const effects = new Float64Array(genes * atoms);
  const expected = kind === 'negative-binomial' ? expectedOfCounts(readout) : expectedOfValues(readout);
  for (let atom = 0; atom < atoms; atom++) {
    const code = meanOfUsers(codes, atoms, atom);
    if (code === null) continue;
    const [withIt, without] = [expected(code), expected(code.with(atom, 0))];
    for (let gene = 0; gene < genes; gene++) effects[gene * atoms + atom] = withIt[gene] - without[gene];
  }
  const areRates = kind === 'negative-binomial';
  const loadings = Float64Array.from(weights.get(areRates ? 'proportions.weight' : 'mean.weight')!);
  if (areRates && !readout.raises) centreColumns(loadings, genes, atoms);
  return { genes, atoms, loadings, effects };
}

function centreColumns(matrix: Float64Array, rows: number, columns: number): void {
  const means = new Float64Array(columns);
  for (let at = 0; at < matrix.length; at++) means[at % columns] += matrix[at] / rows;
  for (let at = 0; at < matrix.length; at++) matrix[at] -= means[at % columns];
}

/** Mean code of cells, weighted by their use of an atom; null where none uses it. */
function meanOfUsers(codes: Float32Array, atoms: number, atom: number): Float64Array | null {
  const sum = new Float64Array(atoms);
  let total = 0;
  for (let start = 0; start < codes.length; start += atoms) {
    const weight = codes[start + atom];
    if (weight === 0) continue;
    total += weight;
    for (let other = 0; other < atoms; other++) sum[other] += weight * codes[start + other];
  }
  return total === 0 ? null : sum.map((value) => value / total);
}

type Expected = (code: Float64Array) => Float64Array;

function expectedOfCounts({ weights, targetSum }: LinearReadout): Expected {
  const [weight, bias] = ['proportions.weight', 'proportions.bias'].map((name) => weights.get(name)!);
  return (code) => {
    const logits = affine(weight, bias, code);
    const most = logits.reduce((a, b) => Math.max(a, b));
    const rates = logits.map((logit) => Math.exp(logit - most));
    const sum = rates.reduce((a, b) => a + b);
    return rates.map((rate) => Math.log1p(((targetSum ?? 1) * rate) / sum));
  };
}

function expectedOfValues({ weights }: LinearReadout): Expected {
  const names = ['on.weight', 'on.bias', 'mean.weight', 'mean.bias'];
  const [onWeight, onBias, meanWeight, meanBias] = names.map((name) => weights.get(name)!);
  return (code) => {
    const on = affine(onWeight, onBias, code);
    return affine(meanWeight, meanBias, code).map((mean, gene) => mean / (1 + Math.exp(-on[gene])));
  };
}

/** W a + b. */
function affine(weight: Float32Array, bias: Float32Array, code: Float64Array): Float64Array {
  const out = Float64Array.from(bias);
  for (let gene = 0; gene < out.length; gene++) {
    for (let atom = 0; atom < code.length; atom++)
      out[gene] += weight[gene * code.length + atom] * code[atom];
  }
  return out;
}

/** Column `atom` of a matrix of genes x atoms. */
export function columnOf(matrix: ArrayLike<number>, atoms: number, atom: number): Float64Array {
  return Float64Array.from({ length: matrix.length / atoms }, (_, gene) => matrix[gene * atoms + atom]);
}

/** Genes of the largest values, or of the most negative ones, the strongest first; only those on that side of zero. */
export function topGenes(column: Float64Array, count: number, side: 'up' | 'down'): Int32Array {
  const sign = side === 'up' ? 1 : -1;
  const order = Array.from(column.keys()).filter((gene) => sign * column[gene] > 0);
  return Int32Array.from(order.sort((a, b) => sign * (column[b] - column[a])).slice(0, count));
}
