import { availableParallelism } from 'node:os';
import { closeRows } from '../counts/cell-rows.js';
import { selectRows } from '../counts/csr.js';
import { embedJointly } from '../embedding/joint.js';
import { DataError } from '../errors.js';
import { cellProfile } from '../metrics/cell-profile.js';
import { copyingControl } from '../metrics/copying.js';
import type { Evaluation, Figure, JointEmbedding, SideDescription } from '../metrics/evaluation.js';
import { type FigureKey, figureCatalogue } from '../metrics/figures.js';
import { geneProfile } from '../metrics/gene-profile.js';
import { exactCopies } from '../metrics/memorisation.js';
import { verdictOf } from '../metrics/verdict.js';
import { warningsOf } from '../metrics/warnings.js';
import { type ChosenRows, readChosenRows } from './chosen-cells.js';
import { classRows, markerRows } from './class-rows.js';
import { comparableCells } from './comparable-cells.js';
import { type ComparedCells, comparedCells, seriesCount } from './compared-cells.js';
import { workOfPair } from './compared-series.js';
import { programmeRows, storedProgrammes } from './evaluated-programmes.js';
import { type MeasuredSeries, workOfSeries } from './measured-series.js';
import { measureAll } from './series-threads.js';
import { sharedLabels } from './shared-labels.js';
import { type WorkProgress, WorkSteps } from './work-steps.js';

export type { WorkProgress } from './work-steps.js';

export interface EvaluateOptions {
  /** .h5ad of real cells that no model has seen. */
  readonly real: string;
  /** .h5ad of generated cells. */
  readonly generated: string;
  /** .h5ad of the training cells: for the control, the baselines, and to tell copying. */
  readonly train?: string;
  /** obs column of labels; left out, the obvious one that all files have, if there is one. */
  readonly labelKey?: string;
  readonly seed?: number;
  /** Threads; one a processor by default, at most 8. The result does not depend on it. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WorkProgress) => void;
  readonly onMessage?: (line: string) => void;
}

const fewestCells = 20;
const mostThreads = 8;
const mostEmbedded = 1000;
/** Work of a step, where that of all figures of a pair is 1. */
const workOf = { labels: 0.5, programmes: 0.1, embedding: 0.5 };

/**
 * Compares generated with held-out real cells: every figure of `figureCatalogue` that the files allow, beside the same of training
 * cells and of simple baselines where training cells are given. Sides are cut to equal numbers, 2,000 cells at most (1,000 for
 * forests, logistic regressions of genes and t-SNE), drawn by the seed; each figure says its n.
 * Cost: a minute or two for 2,000 cells a side, with training cells.
 * @param mostInMemory stored values of a file above which its cells lie on the disk; the figures do not depend on it
 * @throws FileError; DataError for files that cannot be compared (genes, scales, too few cells); the signal's reason when it aborts
 */
export async function evaluate(options: EvaluateOptions, mostInMemory?: number): Promise<Evaluation> {
  const files: ChosenRows[] = [];
  try {
    for (const side of ['real', 'generated', 'train'] as const) {
      const path = options[side];
      if (path === undefined) continue;
      options.onProgress?.({ doing: `reading ${path}`, fraction: 0, etaSeconds: null });
      files.push(await readChosenRows(path, side, mostInMemory, options.signal));
      refuseTooFewCells(files[files.length - 1]);
    }
    return await evaluateFiles(files, options);
  } finally {
    for (const { values } of files) closeRows(values);
  }
}

async function evaluateFiles(files: readonly ChosenRows[], options: EvaluateOptions): Promise<Evaluation> {
  const { seed = 0, threads = Math.min(mostThreads, availableParallelism()), signal, onMessage } = options;
  const [realFile, generatedFile, trainFile = null] = files;
  for (const { file, values, reason } of files) onMessage?.(`${file}: ${values.rows} cells; ${reason}`);

  const labels = sharedLabels(files, options.labelKey);
  onMessage?.(labels === null ? 'No label column: none is obvious in every file' : `Labels: ${labels.key}`);
  const cells = comparableCells(realFile, generatedFile, trainFile);
  const count = seriesCount(cells);
  const work = (count + 1) * workOfPair + count * workOfSeries + sumOf(Object.values(workOf));
  const steps = new WorkSteps(work, signal, options.onProgress);
  const compared = await comparedCells(cells, labels, steps, seed);

  const stored = await storedProgrammes(generatedFile.file, compared.generated.rows);

  const threading = { seed, threads, ...(signal && { signal }) };
  const measured = await measureAll(compared, steps, threading);
  const copies = cells.train === null ? null : exactCopies(cells.generated, cells.train).length;
  const figures = figuresOf(measured, copies, cells.generated.rows);
  const classes = await steps.step('figures of each label', workOf.labels, () =>
    classRows(compared, measured[0], seed),
  );
  const { pair } = compared.series[0];
  const profile = {
    names: cells.genes,
    real: geneProfile(pair.real.logged),
    generated: geneProfile(pair.other.logged),
  };
  const programmes = await steps.step(
    'gene programmes',
    workOf.programmes,
    () => stored && programmeRows(stored, compared, profile, seed),
  );
  const embedding = await steps.step('t-SNE', workOf.embedding, () => embed(compared, threading, steps));
  steps.part('done', 0);

  const nearest = measured[0].nearest;
  const genes = geneCounts(realFile, generatedFile, cells.genes.length);
  return {
    real: describeSide(realFile),
    generated: describeSide(generatedFile),
    train: trainFile && describeSide(trainFile),
    ...{ labelKey: labels?.key ?? null, seed },
    genes: genes.compared,
    values: cells.values,
    verdict: verdictOf(figures),
    warnings: warningsOf(figures, {
      ...{ genes: genes.compared, lackedByTrain: genes.lackedByTrain, cells: pair.cells },
      ...{ labelKey: labels?.key ?? null, labels: classes },
      heldOutInTrain: cells.train && exactCopies(cells.real, cells.train).length / cells.real.rows,
    }),
    ...{ figures, classes },
    markers: markerRows(compared, measured[0], cells.genes),
    programmes,
    geneProfile: profile,
    cellProfile: {
      real: cellProfile(pair.real.values, cells.values),
      generated: cellProfile(pair.other.values, cells.values),
    },
    nearestTraining: nearest && {
      ...{ generated: nearest.generated, heldOut: nearest.heldOut, exactCopies: copies ?? 0 },
    },
    embedding,
  };
}

function refuseTooFewCells({ file, values }: ChosenRows): void {
  if (values.rows >= fewestCells) return;
  throw new DataError(
    file,
    `${values.rows} cells are too few to compare`,
    `Give at least ${fewestCells}; a few hundred tell more`,
  );
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const describeSide = ({ file, values }: ChosenRows): SideDescription => ({
  ...{ file, cells: values.rows, genes: values.cols },
});

function geneCounts(real: ChosenRows, generated: ChosenRows, shared: number) {
  const [ofReal, ofGenerated] = [new Set(real.genes.index), new Set(generated.genes.index)];
  const inBoth = [...ofReal].filter((name) => ofGenerated.has(name)).length;
  return {
    compared: { shared, onlyReal: ofReal.size - inBoth, onlyGenerated: ofGenerated.size - inBoth },
    lackedByTrain: inBoth - shared,
  };
}

/** Figures that the generated cells have, beside those of the other series. */
function figuresOf(measured: readonly MeasuredSeries[], copies: number | null, cells: number): Figure[] {
  const [generated, ...others] = measured;
  const control = others.find(({ role }) => role === 'control');
  const controlled = {
    ...control?.estimates,
    ...(generated.nearest && { nearer_share: copyingControl(generated.nearest) }),
  };
  const baselines = others.filter(({ role }) => role === 'baseline');
  const own = {
    ...generated.estimates,
    ...(copies !== null && { exact_copies: { value: copies / cells, interval: null, n: cells } }),
  };
  return figureCatalogue.flatMap((description) => {
    const key: FigureKey = description.key;
    const estimate = own[key];
    if (estimate === undefined) return [];
    return [
      {
        ...{ ...description, generated: estimate, control: controlled[key] ?? null },
        baselines: new Map(
          baselines.flatMap(({ name, estimates }) => {
            const other = estimates[key];
            return other === undefined ? [] : [[name, other] as const];
          }),
        ),
      },
    ];
  });
}

/** t-SNE of cells of the generated pair; `rows` are those of the files. */
async function embed(
  { series: [{ pair }], heldOut, generated, labels }: ComparedCells,
  options: { readonly seed: number; readonly threads: number; readonly signal?: AbortSignal },
  steps: WorkSteps,
): Promise<JointEmbedding> {
  const side = ({ rows, logged }: typeof pair.real, codes: Int32Array) => ({
    values: selectRows(logged, Array.from(rows.keys())),
    codes: rows.map((row) => codes[row]),
  });
  const joint = await embedJointly(
    side(pair.real, heldOut.codes),
    side(pair.other, generated.codes),
    labels?.names ?? [],
    {
      ...{ ...options, method: 'tsne', mostCells: mostEmbedded },
      onProgress: ({ step, steps: all }) => steps.part('t-SNE', (workOf.embedding * step) / all),
    },
  );
  const fileRow = (row: number, i: number) =>
    joint.isGenerated[i] ? generated.rows[pair.other.rows[row]] : heldOut.rows[pair.real.rows[row]];
  return { ...joint, rows: joint.rows.map(fileRow) };
}
