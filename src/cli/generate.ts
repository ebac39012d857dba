import { type Command, Option } from 'commander';
import { deviceChoices, samplerNames } from '../model/choices.js';
import type { GenerateOptions, GenerateProgress, GenerateSummary } from '../model/generate.js';
import { formatAmount, formatCount, formatDuration } from '../number-format.js';
import { addCommonOptions, type CommonOptions, realNumber, repeated, wholeNumber } from './options.js';
import type { Progress, ProgressReport } from './progress.js';
import { writeOutput } from './write-output.js';

type GenerateFlags = CommonOptions &
  Omit<GenerateOptions, 'n' | 'labels' | 'programs' | 'signal' | 'onProgress' | 'onMessage'> & {
    number?: number;
    label?: string[];
    program?: string[];
  };

export function addGenerateCommand(program: Command): void {
  const command = program
    .command('generate')
    .description('Draw synthetic cells from a trained model into an .h5ad.')
    .argument('<run>', 'run folder of cellcrate train')
    .option('-n, --number <N>', 'cells to generate', wholeNumber('-n', 1))
    .requiredOption('-o, --out <file>', '.h5ad to write')
    .option(
      '--label <name[=count]>',
      'only cells of this label, COUNT of them if given; repeat for more',
      repeated,
    )
    .addOption(new Option('--sampler <name>', 'way from noise to cells (dpmpp)').choices(samplerNames))
    .option(
      '--steps <N>',
      'steps of the sampler (14, of wbdit, dit and dit-small 10; ddim 100, ddpm 1000)',
      wholeNumber('--steps', 1),
    )
    .option(
      '--guidance <W>',
      'how strongly labels steer (2; of wbdit, dit and dit-small 1): 1 as trained, 0 for cells without labels; above 1 crate, crate-genes and latent-dit steer at the last steps only',
      realNumber('--guidance', 0),
    )
    .option(
      '--program <id=dose>',
      'turn a gene programme (see explain): +1 doubles its top genes before totals are kept; repeat for more',
      repeated,
    )
    .option('--program-names <file>', 'names for --program: a name, a tab and the number a line')
    .option('--with-programs', 'write gene programmes and their use by each cell too')
    .option(
      '--from-prior',
      'a baseline: draw from the autoencoder alone, without diffusion (for train --prior-weight 1)',
    )
    .option('--shard <k/s>', 'only the k-th of s parts of these cells; merge joins them')
    .option('--batch-size <B>', 'cells at a time; changes rounding only', wholeNumber('--batch-size', 1))
    .addOption(new Option('--device <name>', 'where to compute (auto)').choices(deviceChoices))
    .option('--force', 'replace an existing output file');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate generate run -n 1000 -o generated.h5ad
  cellcrate generate run -o rare.h5ad --label Mast=200 --label "B cell=300"
  cellcrate generate run -n 500 -o b.h5ad --label "B cell" --guidance 3 --seed 7
  cellcrate generate run -n 500 -o up.h5ad --label "B cell" --program 17=+2
  cellcrate generate run -n 500 -o hot.h5ad --program "heat shock=+1" --program-names names.txt
  cellcrate generate run -n 1000 -o ancestral.h5ad --sampler ddpm
  cellcrate generate run -n 100000 --shard 2/8 -o part-2.h5ad`,
    )
    .action(runGenerate);
}

/** What is drawn is kept by whole files only. */
const howToGoOn =
  'the same command begins anew; parts by --shard k/s, joined by merge, stay as each is finished';

async function runGenerate(run: string, flags: GenerateFlags): Promise<void> {
  const { number, label, program, quiet, verbose, debug: _debug, ...rest } = flags;
  const draw = async (progress: Progress, signal: AbortSignal): Promise<readonly string[]> => {
    // Loaded only now: the tensor engine is large, and --help should not wait for it.
    const { generate } = await import('../model/generate.js');
    const summary = await generate(run, {
      ...rest,
      ...(number !== undefined && { n: number }),
      ...(label && { labels: label }),
      ...(program && { programs: program }),
      signal,
      onProgress: (report) => progress.update(generationReport(report)),
      ...(verbose && { onMessage: (line: string) => progress.message(line) }),
    });
    return [describeGeneration(summary)];
  };
  await writeOutput(flags.out, quiet === true, draw, howToGoOn);
}

/** How far generation has come, as progress shows it. */
export function generationReport(report: GenerateProgress): ProgressReport {
  const { done, total, fraction, cellsPerSecond, etaSeconds } = report;
  return {
    label: 'generate',
    fraction,
    details: [`${formatCount(done)}/${formatCount(total)} cells`, `${formatCount(cellsPerSecond)} cells/s`],
    etaSeconds,
  };
}

/** What was generated, in a line; of cells from a prior also whether they are what it is there for. */
export const describeGeneration = (summary: GenerateSummary): string => {
  const { file, cells, genes, values, seconds, priorWeight = 1 } = summary;
  const kind = values === 'counts' ? '' : ', log-normalised values without counts,';
  const unfair =
    priorWeight === 1
      ? ''
      : `; no fair baseline: the prior weighed ${priorWeight} in training, train with --prior-weight 1`;
  return `Wrote ${file}: ${formatAmount(cells, 'cell')} x ${formatAmount(genes, 'gene')}${kind} in ${formatDuration(seconds)}${unfair}`;
};
