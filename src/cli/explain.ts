import { join } from 'node:path';
import type { Command } from 'commander';
import type { Explanation } from '../explain/explanation.js';
import { lockFolder } from '../io/folder-lock.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { writeFolderWhole } from '../io/whole-folder.js';
import type { ExplainOptions } from '../model/explain.js';
import { formatAmount, formatShare } from '../number-format.js';
import { formatValue } from '../report/figure-format.js';
import { addCommonOptions, type CommonOptions } from './options.js';
import { stepReport } from './progress.js';
import { alignColumns } from './table.js';
import { writeOutput } from './write-output.js';

type ExplainFlags = CommonOptions &
  Pick<ExplainOptions, 'data' | 'test' | 'labelKey' | 'geneSymbols' | 'geneSets' | 'contrast'> & {
    out: string;
    force?: true;
  };

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('Open a trained model: its gene programmes, its layers, and how its cells came about.')
    .argument('<run>', 'run folder of cellcrate train')
    .requiredOption('-o, --out <dir>', 'folder for explain.html, explain.json and tables as .csv')
    .option('--data <file>', '.h5ad of real cells, such as the training cells (generated ones stand in)')
    .option('--test <file>', '.h5ad of cells the model has not seen, for markers (a quarter of --data)')
    .option('--label-key <column>', "obs column of cell types (the model's first label, or the obvious one)")
    .option(
      '--gene-symbols <column>',
      'var column of --data with the names to show (a usual one, or the index)',
    )
    .option('--gene-sets <file>', '.gmt of gene sets to look for in programmes')
    .option('--contrast <run>', 'another run whose layers are measured beside, such as a dit')
    .option('--force', 'replace an earlier explanation');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate explain run -o explained --data train.h5ad
  cellcrate explain run -o explained --data train.h5ad --test test.h5ad --gene-sets hallmark.gmt
  cellcrate explain run -o explained --data train.h5ad --contrast dit_run`,
    )
    .action(runExplain);
}

async function runExplain(run: string, flags: ExplainFlags): Promise<void> {
  const { quiet, verbose, debug: _debug, out, force = false, ...options } = flags;
  refuseToOverwrite(out, force);
  const release = lockFolder(out);
  const finished = writeOutput(out, quiet === true, async (progress, signal) => {
    // Loaded only now: the tensor engine is large, and --help should not wait for it.
    const [{ explain }, { writeExplanation }] = await Promise.all([
      import('../model/explain.js'),
      import('../report/write-explanation.js'),
    ]);
    const explanation = await explain(run, {
      ...options,
      signal,
      onProgress: (report) => progress.update(stepReport('explain', report)),
      ...(verbose && { onMessage: (line: string) => progress.message(line) }),
    });
    await writeFolderWhole(out, (folder) => writeExplanation(folder, explanation));
    return [...describeExplanation(explanation), '', `Wrote ${join(out, 'explain.html')}`];
  });
  await finished.finally(release);
}

/** Programmes, markers and layers in a few lines. */
function describeExplanation({ programmes, markers, objective, trace, limits }: Explanation): string[] {
  const lines: string[] = [];
  if (programmes) {
    const { live, dead, duplicates, zeros, atomsPerCell } = programmes;
    lines.push(
      `${formatAmount(live, 'live programme')}, ${dead} dead, ${formatAmount(duplicates.length, 'pair')} alike; a cell uses ${formatValue(atomsPerCell)} (${formatShare(zeros)} of codes are zero)`,
    );
  }
  if (markers) {
    lines.push(
      '',
      `Markers found by ${markers.components} components (average precision; chance ${formatValue(markers.chance)}):`,
    );
    const rows = markers.scores.map(({ method, ranking, matched, best }) => [
      ...[method, ranking, formatValue(matched), formatValue(best)],
    ]);
    lines.push(
      ...alignColumns([['', 'genes by', 'matched', 'best'], ...rows], [2, 3]).map((line) => `  ${line}`),
    );
  }
  const falls = objective.noised.filter(({ rateBefore, rateAfter }) => rateAfter < rateBefore).length;
  lines.push(
    '',
    `Attention compresses (coding rate falls) in ${falls} of ${objective.noised.length} layers and noise levels`,
  );
  if (trace && trace.halfDecided.free !== null) {
    lines.push(
      `With the label hidden, half of the cells are decided by noise level ${trace.halfDecided.free} of 1000`,
    );
  }
  return [...lines, ...limits.map((limit) => `Note: ${limit}`)];
}
