import { selectColumns, selectRows } from '../counts/csr.js';
import { defaultFlavour, selectHighlyVariableGenes } from '../counts/hvg/select-genes.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../counts/library-size.js';
import { stratifiedSplit } from '../counts/stratified-split.js';
import { DataError } from '../errors.js';
import { makeFolder } from '../io/make-folder.js';
import { writeH5ad } from '../io/write.js';
import { readChosenCells } from '../model/chosen-cells.js';
import { mostCells } from '../model/compared-cells.js';
import { obviousLabelColumn, requireLabels } from '../model/label-columns.js';
import { presets } from '../model/presets.js';
import { subsetFrame } from '../model/subset-cells.js';
import type { ComparisonPlan, SplitRecord } from './comparison.js';
import type { DataSetFolder } from './comparison-folder.js';
import { fewestCells } from './plan.js';

const testFraction = 0.25;

/**
 * Splits a file for all models and seeds, unless that is done: train.h5ad and test.h5ad with the genes that are most
 * variable among the training cells, so that every model is fitted to, and measured on, the same ones. Counts stay
 * counts; normalised values become logarithms.
 * @throws FileError; DataError where labels are missing or too few cells would be held out
 */
export async function splitOnce(
  file: string,
  folder: DataSetFolder,
  plan: Pick<ComparisonPlan, 'labelKey' | 'n' | 'seed'>,
): Promise<SplitRecord> {
  const done = folder.file<SplitRecord>('split.json');
  if (done.exists) return done.read();
  const { data, values, kind, genes, matrix, reason } = await readChosenCells(file, 'whole');
  const labelKey = plan.labelKey ?? obviousLabelColumn(data.obs);
  const labels = labelKey === null ? null : requireLabels(data.obs, labelKey, file);
  const { train, test } = stratifiedSplit(labels, values.rows, testFraction, plan.seed);
  if (test.length < fewestCells) {
    throw new DataError(
      file,
      `${values.rows} cells are too few to compare models on, as ${test.length} would be held out`,
      `Give at least ${fewestCells / testFraction}; a few thousand tell more`,
    );
  }
  const training = selectRows(values, train);
  const modelled = selectHighlyVariableGenes(training, kind, defaultFlavour(kind), presets.crate.genes);
  const names = Array.from(modelled, (gene) => genes.index[gene]);
  const target = kind === 'normalised' ? medianLibrarySize(librarySizes(training)) : null;
  const obs = {
    index: data.obs.index,
    columns: new Map([...data.obs.columns].filter(([name]) => name === labelKey)),
  };
  makeFolder(folder.path);
  for (const [path, rows] of [
    [folder.train, train],
    [folder.heldOut, test],
  ] as const) {
    const cells = selectRows(values, rows);
    await writeH5ad(
      path,
      {
        X: selectColumns(target === null ? cells : log1p(normaliseTotal(cells, target)), modelled),
        obs: subsetFrame(obs, rows),
        var: { index: names, columns: new Map() },
      },
      { force: true },
    );
  }
  const record: SplitRecord = {
    ...{ matrix, reason, values: kind === 'counts' ? 'counts' : 'log-normalised' },
    ...{ cells: values.rows, genes: values.cols, modelledGenes: names.length },
    ...{ train: train.length, heldOut: test.length, labelKey },
    compared: Math.min(plan.n ?? mostCells, mostCells, train.length, test.length),
  };
  await done.write(record);
  return record;
}
