import { join } from 'node:path';
import type { Command } from 'commander';
import { lockFolder } from '../io/folder-lock.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { writeFolderWhole } from '../io/whole-folder.js';
import type { Estimate, Evaluation } from '../metrics/evaluation.js';
import type { EvaluateOptions } from '../model/evaluate.js';
import { formatAmount, formatCount } from '../number-format.js';
import { formatValue } from '../report/figure-format.js';
import { addCommonOptions, type CommonOptions } from './options.js';
import { stepReport } from './progress.js';
import { alignColumns } from './table.js';
import { writeOutput } from './write-output.js';

type EvaluateFlags = CommonOptions &
  Pick<EvaluateOptions, 'real' | 'generated' | 'train' | 'labelKey'> & { out: string; force?: true };

export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .description('Compare generated with held-out real cells: a verdict, figures and a report.')
    .requiredOption('--real <file>', '.h5ad of real cells that the model has not seen')
    .requiredOption('--generated <file>', '.h5ad of generated cells')
    .requiredOption(
      '-o, --out <dir>',
      'folder for report.html, metrics.json, metrics.csv, programmes.csv and plots',
    )
    .option('--train <file>', '.h5ad of the training cells: control, baselines, and whether they were copied')
    .option('--label-key <column>', 'obs column of labels (the obvious one, if all files have it)')
    .option('--force', 'replace an earlier report');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate evaluate --real test.h5ad --generated generated.h5ad -o report
  cellcrate evaluate --real test.h5ad --generated generated.h5ad --train train.h5ad --label-key cell_type -o report

The cells of large files lie unpacked in the folder for temporary files meanwhile; TMPDIR names another.`,
    )
    .action(runEvaluate);
}

async function runEvaluate(flags: EvaluateFlags): Promise<void> {
  const { quiet, verbose, debug: _debug, out, force = false, ...files } = flags;
  refuseToOverwrite(out, force);
  const release = lockFolder(out);
  const finished = writeOutput(out, quiet === true, async (progress, signal) => {
    // Loaded only now: HDF5 is large, and --help should not wait for it.
    const [{ evaluate }, { writeReport }] = await Promise.all([
      import('../model/evaluate.js'),
      import('../report/write-report.js'),
    ]);
    const evaluation = await evaluate({
      ...files,
      signal,
      onProgress: (report) => progress.update(stepReport('evaluate', report)),
      ...(verbose && { onMessage: (line: string) => progress.message(line) }),
    });
    const { pngHasText } = await writeFolderWhole(out, (folder) => writeReport(folder, evaluation));
    if (!pngHasText)
      progress.message('PNG plots are without text, since the system has no font; the SVG are whole');
    return [...describeEvaluation(evaluation), '', `Wrote ${join(out, 'report.html')}`];
  });
  await finished.finally(release);
}

/** Verdict, headline figures and warnings, line by line. */
function describeEvaluation(evaluation: Evaluation): string[] {
  const { real, generated, genes, verdict, warnings } = evaluation;
  return [
    `${formatAmount(generated.cells, 'generated cell')} beside ${formatAmount(real.cells, 'held-out cell')}, ${formatCount(genes.shared)} shared genes`,
    '',
    `Verdict: ${verdict.level}`,
    ...verdict.sentences.map((sentence) => `  ${sentence}`),
    '',
    ...headlineTable(evaluation),
    ...(warnings.length === 0 ? [] : ['']),
    ...warnings.map(({ problem, advice }) => `Warning: ${problem} ${advice}`),
  ];
}

function headlineTable({ figures }: Evaluation): string[] {
  const shown = figures.filter(({ headline }) => headline);
  const baselines = [...new Set(shown.flatMap((figure) => [...figure.baselines.keys()]))];
  const isControlled = shown.some(({ control }) => control !== null);
  const rows = shown.map(({ title, generated, control, baselines: others }) => [
    title,
    withInterval(generated),
    ...(isControlled ? [control === null ? '' : withInterval(control)] : []),
    ...baselines.map((name) => (others.has(name) ? formatValue(others.get(name)!.value) : '')),
    formatCount(generated.n),
  ]);
  const head = ['Figure', 'generated', ...(isControlled ? ['real training'] : []), ...baselines, 'n'];
  return alignColumns([head, ...rows], [head.length - 1]);
}

function withInterval({ value, interval }: Estimate): string {
  const range = interval === null ? '' : ` (${interval.map(formatValue).join(' to ')})`;
  return `${formatValue(value)}${range}`;
}
