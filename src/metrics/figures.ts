import type { Figure } from './evaluation.js';

/** A figure without its numbers. */
export type FigureDescription = Omit<Figure, 'generated' | 'control' | 'baselines'>;

type Row = readonly [
  title: string,
  better: Figure['better'],
  ideal: number | null,
  meaning: string,
  headline?: 'headline',
];

const classifiers = {
  rf_auroc_pcs: [
    'Random forest AUROC on PCs',
    'near',
    0.5,
    'How well a random forest tells generated from held-out cells on 30 principal components; at 0.5 it guesses.',
    'headline',
  ],
  rf_auroc_genes: [
    'Random forest AUROC on genes',
    'near',
    0.5,
    'The same on log-normalised genes, where single genes with wrong zeros or wrong levels show.',
    'headline',
  ],
  logistic_auroc_pcs: [
    'Logistic AUROC on PCs',
    'near',
    0.5,
    'How well a weighted sum of principal components tells them apart: shifts of means alone show.',
  ],
  logistic_auroc_genes: [
    'Logistic AUROC on genes',
    'near',
    0.5,
    'How well a weighted sum of genes tells them apart.',
  ],
  knn_real_recall: [
    'Nearest neighbours, real recall',
    'near',
    0.5,
    'Share of held-out cells that their five nearest cells call real; low beside a high other recall: one side lies inside the other.',
  ],
  knn_generated_recall: [
    'Nearest neighbours, generated recall',
    'near',
    0.5,
    'Share of generated cells that their five nearest cells call generated.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const distances = {
  mmd: [
    'MMD²',
    'lower',
    0,
    'How far the two clouds of cells lie apart over five length scales; real cells scatter around 0.',
    'headline',
  ],
  mmd_legacy: [
    'MMD², as published',
    'lower',
    null,
    'The biased sum of five kernels with pooled bandwidth, for comparison with published numbers only.',
  ],
  energy_distance: [
    'Energy distance',
    'lower',
    0,
    'Excess of distances between the sides over those within; unbiased, so real cells scatter around 0.',
  ],
  sliced_wasserstein: [
    'Sliced Wasserstein distance',
    'lower',
    null,
    'How far cells would have to move, over random directions in principal components.',
  ],
  wasserstein_genes: [
    'Wasserstein distance per gene',
    'lower',
    null,
    'How far the distribution of a gene would have to move, mean over genes.',
  ],
  kl_genes: [
    'Kullback-Leibler divergence per gene',
    'lower',
    null,
    'Information lost where generated values stand for real ones, mean over genes.',
  ],
  js_genes: ['Jensen-Shannon divergence per gene', 'lower', null, 'The same, symmetric and bounded.'],
} as const satisfies Readonly<Record<string, Row>>;

const neighbourhoods = {
  precision: [
    'Precision',
    'higher',
    null,
    'Share of generated cells in the neighbourhood of some held-out cell: how plausible they are.',
  ],
  recall: [
    'Recall',
    'higher',
    null,
    'Share of held-out cells in the neighbourhood of some generated cell: how much variety is met.',
  ],
  density: [
    'Density',
    'near',
    1,
    'How many held-out neighbourhoods a generated cell is in, beside what is expected; above 1: crowded in the middle.',
  ],
  coverage: [
    'Coverage',
    'higher',
    null,
    'Share of held-out cells with a generated cell in their neighbourhood.',
  ],
  ilisi: [
    'Local mixing (iLISI)',
    'higher',
    2,
    'Number of sides in the neighbourhood of a cell: 1 apart, 2 mixed.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const profiles = {
  zero_fraction_difference: [
    'Zeros, difference',
    'near',
    0,
    'Share of zeros in generated cells minus that in held-out cells.',
    'headline',
  ],
  genes_per_cell_ratio: [
    'Genes per cell, ratio',
    'near',
    1,
    'Mean number of genes found in a generated cell over that in a held-out cell.',
    'headline',
  ],
  genes_per_cell_ks: [
    'Genes per cell, Kolmogorov-Smirnov',
    'lower',
    null,
    'The widest gap between the two distributions of genes per cell.',
  ],
  library_size_ratio: [
    'Library size, ratio',
    'near',
    1,
    'Median total of counts of a generated cell over that of a held-out cell.',
  ],
  library_size_ks: [
    'Library size, Kolmogorov-Smirnov',
    'lower',
    null,
    'The widest gap between the two distributions of library sizes.',
  ],
  gene_correlation_top100: [
    'Gene-gene correlations',
    'higher',
    1,
    'Whether pairs among the 100 most variable genes go together as in held-out cells.',
    'headline',
  ],
  gene_correlation_top500: [
    'Gene-gene correlations, 500 genes',
    'higher',
    1,
    'The same of the 500 most variable genes; fainter pairs are noisier in real cells too.',
  ],
  gene_mean_pearson: [
    'Gene means, Pearson',
    'higher',
    1,
    'Whether genes are as high on average as in held-out cells.',
  ],
  gene_mean_spearman: [
    'Gene means, Spearman',
    'higher',
    1,
    'Whether genes rank as in held-out cells by their means.',
  ],
  gene_variance_pearson: [
    'Gene variances, Pearson',
    'higher',
    1,
    'Whether genes vary as much as in held-out cells.',
  ],
  gene_variance_spearman: [
    'Gene variances, Spearman',
    'higher',
    1,
    'Whether genes rank as in held-out cells by their variances.',
  ],
  gene_zeros_pearson: [
    'Zeros per gene, Pearson',
    'higher',
    1,
    'Whether genes are missing as often as in held-out cells.',
  ],
  gene_zeros_spearman: [
    'Zeros per gene, Spearman',
    'higher',
    1,
    'Whether genes rank as in held-out cells by their share of zeros.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const biology = {
  label_agreement: [
    'Label agreement',
    'higher',
    null,
    'Share of generated cells that a classifier of real cells gives the label they were made with.',
    'headline',
  ],
  synthetic_to_real: [
    'Trained on generated, tested on real',
    'higher',
    null,
    'Share of held-out cells that a classifier trained on generated cells labels rightly.',
  ],
  marker_overlap: [
    'Markers kept',
    'higher',
    1,
    'Share of the top 50 markers of each label that are among its top 50 in generated cells too, mean over labels.',
  ],
  fold_change_slope: [
    'Fold changes of markers, slope',
    'near',
    1,
    'How large fold changes of markers are beside those of held-out cells, median over labels; below 1 they are flattened.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const memorisation = {
  nearer_share: [
    'Nearer to training cells',
    'near',
    0.5,
    'How often a generated cell is nearer to a training cell than a held-out cell is; training cells themselves would come to 1.',
    'headline',
  ],
  copied_share: [
    'Copied share',
    'near',
    0,
    'Share of generated cells that cling to training cells more than new cells would: how many of them may be near-copies.',
  ],
  exact_copies: [
    'Exact copies',
    'near',
    0,
    'Share of generated cells that equal a training cell in every gene.',
  ],
} as const satisfies Readonly<Record<string, Row>>;

const groups = { classifiers, distances, neighbourhoods, profiles, biology, memorisation };

type Groups = typeof groups;

export type FigureKey = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

/** Every figure of an evaluation, in the order of the report. Their formulas stand with the functions that compute them. */
export const figureCatalogue: readonly (FigureDescription & { readonly key: FigureKey })[] = (
  Object.keys(groups) as Figure['group'][]
).flatMap((group) => {
  const rows = Object.entries<Row>(groups[group]) as [FigureKey, Row][];
  return rows.map(([key, [title, better, ideal, meaning, headline]]) => ({
    ...{ key, title, meaning, group, better, ideal },
    headline: headline !== undefined,
  }));
});
