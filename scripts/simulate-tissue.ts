import { stream } from '../src/random/stream.js';

/** A state that cells can be in; shares add up to 1. */
export interface CellType {
  readonly name: string;
  readonly share: number;
  /** Library size against the tissue's median. */
  readonly size: number;
  /** Stretch of the differentiation trajectory, as pseudotime in [0, 1]; null for a type beside it. */
  readonly pseudotime: readonly [number, number] | null;
}

/**
 * Three stages of one differentiation and five types beside it, one of them rare. The programme of a type beside the
 * trajectory has its name; the trajectory has the programmes early, transient and late.
 */
export const cellTypes: readonly CellType[] = [
  { name: 'stem', share: 0.13, size: 1.25, pseudotime: [0, 0.3] },
  { name: 'progenitor', share: 0.14, size: 1.15, pseudotime: [0.3, 0.65] },
  { name: 'mature', share: 0.18, size: 0.95, pseudotime: [0.65, 1] },
  { name: 'epithelial', share: 0.22, size: 1.1, pseudotime: null },
  { name: 'stromal', share: 0.16, size: 1, pseudotime: null },
  { name: 'immune', share: 0.12, size: 0.7, pseudotime: null },
  { name: 'endothelial', share: 0.04, size: 0.9, pseudotime: null },
  { name: 'rare', share: 0.01, size: 1.05, pseudotime: null },
];

export const batches = ['batch1', 'batch2'] as const;
/** Sequencing depth of each batch. */
const batchDepth = [1, 0.8];
const medianLibrarySize = 900;
/** Standard deviation of ln(library size) within a type and batch. */
const librarySpread = 0.35;

export const programmes = [
  'early',
  'transient',
  'late',
  'epithelial',
  'stromal',
  'immune',
  'endothelial',
  'rare',
] as const;
/** Share of the genes in each programme; the others are background, alike in all types. */
const programmeShare = 0.03;

/** What is true of every gene; arrays are one entry a gene. */
export interface Genes {
  readonly names: readonly string[];
  /** Position in `programmes`, -1 for background. */
  readonly programme: Int32Array;
  /** log2 fold change where the gene's programme is fully on. */
  readonly logFoldChange: Float64Array;
  /** Share of a cell's transcripts before programmes and batches, not normalised. */
  readonly rate: Float64Array;
  /** Inverse dispersion of the negative binomial. */
  readonly theta: Float64Array;
  /** ln fold change in the second batch. */
  readonly batchEffect: Float64Array;
}

/** Gene g is drawn from its own stream: its truth does not depend on how many cells there are. */
export function drawGenes(count: number, seed: number): Genes {
  const programmeSize = Math.max(1, Math.round(count * programmeShare));
  const programme = new Int32Array(count).fill(-1);
  const places = stream(seed, 'programmes').shuffle(Int32Array.from({ length: count }, (_, gene) => gene));
  programmes.forEach((_, p) => {
    for (const gene of places.subarray(p * programmeSize, (p + 1) * programmeSize)) programme[gene] = p;
  });
  const digits = Math.max(4, String(count).length);
  const names = Array.from({ length: count }, (_, gene) => `SIM${String(gene + 1).padStart(digits, '0')}`);
  const logFoldChange = new Float64Array(count);
  const rate = new Float64Array(count);
  const theta = new Float64Array(count);
  const batchEffect = new Float64Array(count);
  for (let gene = 0; gene < count; gene++) {
    const draws = stream(seed, 'gene', gene);
    const background = Math.exp(1.6 * draws.normal());
    // Markers are off where their programme is off, so that they mark.
    rate[gene] = programme[gene] < 0 ? background : 0.15 * Math.exp(0.7 * draws.normal());
    logFoldChange[gene] = programme[gene] < 0 ? 0 : 3 + 2 * draws.uniform();
    // Dispersion falls with the mean to a floor, with scatter, as fits to UMI counts find.
    const trend = 0.15 + 0.25 / (rate[gene] + 0.1);
    theta[gene] = 1 / (trend * Math.exp(0.3 * draws.normal()));
    batchEffect[gene] = 0.3 * draws.normal();
  }
  return { names, programme, logFoldChange, rate, theta, batchEffect };
}

export interface CellState {
  /** Positions in `cellTypes` and `batches`. */
  readonly type: number;
  readonly batch: number;
  /** NaN beside the trajectory. */
  readonly pseudotime: number;
  /** Expected counts. */
  readonly librarySize: number;
}

/** Cell i is drawn from its own stream: it is the same cell in a data set of any size. */
export function drawCell(cell: number, seed: number): CellState {
  const draws = stream(seed, 'cell', cell);
  let rest = draws.uniform();
  let type = 0;
  while (type < cellTypes.length - 1 && rest >= cellTypes[type].share) rest -= cellTypes[type++].share;
  const { size, pseudotime } = cellTypes[type];
  const batch = draws.uniform() < 0.5 ? 0 : 1;
  const along = draws.uniform();
  const depth = medianLibrarySize * size * batchDepth[batch];
  return {
    type,
    batch,
    pseudotime: pseudotime === null ? Number.NaN : pseudotime[0] + along * (pseudotime[1] - pseudotime[0]),
    librarySize: depth * Math.exp(librarySpread * draws.normal()),
  };
}

/** How far each programme is on in a cell, in [0, 1]. */
export function programmeActivity(state: CellState): Float64Array {
  const { name, pseudotime } = cellTypes[state.type];
  const s = state.pseudotime;
  return Float64Array.from(programmes, (programme) => {
    if (pseudotime === null) return programme === name ? 1 : 0;
    if (programme === 'early') return (1 - s) ** 2;
    if (programme === 'transient') return Math.exp(-(((s - 0.5) / 0.18) ** 2));
    return programme === 'late' ? s ** 2 : 0;
  });
}
