import type { Explanation, LayerMeasure } from '../../explain/explanation.js';
import { type CsvCell, csvText } from '../csv.js';

/** The tables of an explanation as CSV, by file name; what a model does not have has no file. */
export function explanationTables(explanation: Explanation): Map<string, string> {
  const { programmes, markers, doses } = explanation;
  const tables = new Map<string, string>([['layers.csv', csvText(layerRows(explanation))]]);
  if (programmes !== null) {
    const head = [
      'programme',
      'strength',
      'share',
      'typical_code',
      'genes_up',
      'genes_down',
      'types',
      'nearest',
      'cosine',
      'gene_sets',
    ];
    const rows = programmes.list.map((one): CsvCell[] => [
      ...[one.atom, one.strength, one.share, one.typicalCode],
      ...[one.up, one.down].map((genes) =>
        genes.map(({ gene, log2 }) => `${gene}:${log2.toFixed(3)}`).join(';'),
      ),
      one.types.map(({ type, share }) => `${type}:${share.toFixed(3)}`).join(';'),
      ...[one.nearest.atom, one.nearest.cosine],
      one.sets.map(({ set, q }) => `${set}:${q.toPrecision(3)}`).join(';'),
    ]);
    tables.set('programmes.csv', csvText([head, ...rows]));
  }
  if (markers !== null) {
    const head = [
      'type',
      'programme',
      'auroc',
      'precision',
      'precision_in_cells',
      'pca',
      'nmf',
      'markers_found',
    ];
    const rows = markers.types.map((one): CsvCell[] => [
      ...[one.type, one.atom, one.auroc, one.precision, one.inCells, one.pca, one.nmf, one.found.join(';')],
    ]);
    tables.set('markers.csv', csvText([head, ...rows]));
  }
  if (doses.length > 0) {
    const head = [
      'programme',
      'dose',
      'top_genes_log2',
      'other_genes_log2',
      'bystanders_log2',
      'zeros',
      'whole_numbers',
    ];
    const rows = doses.flatMap(({ atom, doses: own }) =>
      own.map((one): CsvCell[] => [
        atom,
        one.dose,
        one.onTarget,
        one.offTarget,
        one.bystanders,
        one.zeros,
        one.whole,
      ]),
    );
    tables.set('doses.csv', csvText([head, ...rows]));
  }
  return tables;
}

function layerRows({ run, objective, contrast }: Explanation): CsvCell[][] {
  const head = ['run', 'cells', 'layer', 't', 'rate_before', 'rate_after', 'rate_reduction'];
  const rows = (name: string, cells: string, measures: readonly LayerMeasure[]) =>
    measures.map((one): CsvCell[] => [
      ...[name, cells, one.layer + 1, one.t, one.rateBefore, one.rateAfter, one.reduction],
      ...[one.pooledBefore, one.pooledAfter, one.pooledReduction, one.zeros],
    ]);
  const runs = [
    { name: run, of: objective },
    ...(contrast ? [{ name: contrast.run, of: contrast.objective }] : []),
  ];
  return [
    [...head, 'pooled_before', 'pooled_after', 'pooled_reduction', 'zeros'],
    ...runs.flatMap(({ name, of }) => [
      ...rows(name, 'noised', of.noised),
      ...rows(name, 'generated', of.sampled),
    ]),
  ];
}
