import type { ModelDescription } from '../../src/model/description.js';

/** A model of three genes with labels and clusters, whose weights take milliseconds to write. */
export const smallDescription: ModelDescription = {
  preset: 'crate',
  preprocessing: {
    kind: 'counts',
    matrix: 'layers/counts',
    targetSum: 1234.5,
    flavour: 'seurat_v3',
    sourceGenes: 9,
    geneNames: ['Gen µ "1"', 'b\\n', 'naïve, T=3'],
    geneIndices: [0, 4, 8],
    mean: null,
    std: null,
  },
  labels: {
    keys: [{ key: 'Zelltyp: fein', names: ['a=1', 'b, c', '日本'] }],
    clusters: 2,
    combinations: [
      { codes: [-1, 0], cells: 2 },
      { codes: [2, 1], cells: 1 },
    ],
  },
  state: {
    kind: 'latent',
    readout: 'negative-binomial',
    autoencoder: { genes: 3, latent: 2, labels: 3, hidden: 4, decoder: { kind: 'sparse', dim: 4, atoms: 6 } },
  },
  denoiser: {
    ...{ kind: 'crate', width: 3, conditionWidth: 5 },
    ...{ tokens: 2, dim: 8, depth: 1, heads: 2, atoms: 16 },
  },
  diffusion: { schedule: 'cosine', parameterisation: 'v', weighting: 'uniform' },
  sampling: { sampler: 'dpmpp', steps: 20, guidance: 1 },
  trainedOn: { file: 'a b.h5ad', sha256: 'ab', cells: 3, genes: 9, matrix: 'layers/counts', reason: 'why.' },
};
