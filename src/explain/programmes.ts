import type { ReadoutKind } from '../counts/readout.js';

/** A decoder's last layer: what it adds to genes for each atom of a cell's code. */
export interface LinearReadout {
  readonly kind: ReadoutKind;
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
   * Exact: what a unit of the code adds to the logarithm of each gene's rate, centred over genes, since the softmax of the
   * readout ignores what all genes share. Of log-normalised values: to the mean of a gene that is on.
   */
  readonly loadings: Float64Array;
  /**
   * The derivative of expected ln(1 + x) by the code, at the mean code of the cells: the same programme in the units of
   * PCA and NMF, where a gene that is hardly there changes little.
   */
  readonly effects: Float64Array;
}

/** @param meanCode mean of the cells' codes, one an atom */
export function geneProgrammes(readout: LinearReadout, meanCode: ArrayLike<number>): Programmes {
  const { genes, atoms } = readout;
  const forms =
    readout.kind === 'negative-binomial' ? ofCounts(readout, meanCode) : ofValues(readout, meanCode);
  return { genes, atoms, ...forms };
}

type Forms = Pick<Programmes, 'loadings' | 'effects'>;

function ofCounts({ weights, genes, atoms, targetSum }: LinearReadout, code: ArrayLike<number>): Forms {
  const weight = weights.get('proportions.weight')!;
  const logits = affine(weight, weights.get('proportions.bias')!, code);
  const most = logits.reduce((a, b) => Math.max(a, b));
  const rates = logits.map((logit) => Math.exp(logit - most));
  const sum = rates.reduce((a, b) => a + b);
  const expected = rates.map((rate) => ((targetSum ?? 1) * rate) / sum);
  const loadings = minusColumnMeans(weight, genes, atoms, () => 1 / genes);
  const effects = minusColumnMeans(weight, genes, atoms, (gene) => rates[gene] / sum);
  for (let at = 0; at < effects.length; at++) {
    const mean = expected[Math.floor(at / atoms)];
    effects[at] *= mean / (1 + mean);
  }
  return { loadings, effects };
}

function ofValues({ weights, genes, atoms }: LinearReadout, code: ArrayLike<number>): Forms {
  const [onWeight, meanWeight] = [weights.get('on.weight')!, weights.get('mean.weight')!];
  const on = affine(onWeight, weights.get('on.bias')!, code).map((logit) => 1 / (1 + Math.exp(-logit)));
  const mean = affine(meanWeight, weights.get('mean.bias')!, code);
  const effects = new Float64Array(genes * atoms);
  for (let at = 0; at < effects.length; at++) {
    const gene = Math.floor(at / atoms);
    effects[at] = on[gene] * (1 - on[gene]) * mean[gene] * onWeight[at] + on[gene] * meanWeight[at];
  }
  return { loadings: Float64Array.from(meanWeight), effects };
}

/** W a + b. */
function affine(weight: Float32Array, bias: Float32Array, code: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(bias);
  for (let gene = 0; gene < out.length; gene++) {
    for (let atom = 0; atom < code.length; atom++)
      out[gene] += weight[gene * code.length + atom] * code[atom];
  }
  return out;
}

function minusColumnMeans(
  weight: Float32Array,
  genes: number,
  atoms: number,
  share: (gene: number) => number,
): Float64Array {
  const means = new Float64Array(atoms);
  for (let gene = 0; gene < genes; gene++) {
    for (let atom = 0; atom < atoms; atom++) means[atom] += share(gene) * weight[gene * atoms + atom];
  }
  return Float64Array.from(weight, (value, at) => value - means[at % atoms]);
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
