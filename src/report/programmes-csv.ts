import type { ProgrammeRow } from '../metrics/evaluation.js';
import { csvText } from './csv.js';

const columns = [
  ...['programme', 'strength', 'share', 'genes_up', 'genes_down', 'labels'],
  ...['together_generated', 'together_real', 'together_drawn', 'above_all_draws'],
];

/** The text of programmes.csv (RFC 4180, line feeds): a row for each programme that generated cells use, the strongest first. */
export const programmesCsv = (programmes: readonly ProgrammeRow[]): string =>
  csvText([
    columns,
    ...programmes.map(({ programme, strength, share, up, down, labels, together }) => [
      ...[programme, strength, share],
      ...[up, down].map((genes) => genes.map(({ gene, log2 }) => `${gene}:${log2.toFixed(3)}`).join(';')),
      labels.map((own) => `${own.label}:${own.share.toFixed(3)}`).join(';'),
      ...[together.generated, together.real, together.others, together.isReal ? 1 : 0],
    ]),
  ]);
