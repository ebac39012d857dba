import { type Command, Option } from 'commander';
import { decoderKinds, deviceChoices, presetNames, sizeChoices } from '../model/choices.js';
import type { TrainSummary } from '../model/train.js';
import type { TrainOptions, TrainProgress } from '../model/train-options.js';
import { formatCount, formatDuration, formatNumber } from '../number-format.js';
import { catchInterruption } from './interruption.js';
import {
  addCommonOptions,
  type CommonOptions,
  positiveNumber,
  realNumber,
  repeated,
  wholeNumber,
} from './options.js';
import { asArgument, printable } from './printable.js';
import { Progress, type ProgressReport } from './progress.js';
import { alignColumns } from './table.js';

type TrainFlags = CommonOptions &
  Omit<TrainOptions, 'labelKeys' | 'learningRate' | 'signal' | 'onProgress' | 'onMessage'> & {
    labelKey?: string[];
    lr?: number;
  };

export function addTrainCommand(program: Command): void {
  const command = program
    .command('train')
    .description('Fit a model to the cells of an .h5ad; the run folder holds all that generate needs.')
    .argument('<file>', 'the .h5ad to learn from')
    .requiredOption('-o, --out <run>', 'folder for the trained model')
    .addOption(new Option('--preset <name>', 'kind of model (crate)').choices(presetNames))
    .option('--label-key <column>', 'obs column of labels to condition on; repeat for more', repeated)
    .option('--layer <name>', "matrix to use: X, raw or a layer's name (see inspect)")
    .option('--genes <N>', 'highly variable genes to model (2000)', wholeNumber('--genes', 1))
    .addOption(
      new Option(
        '--hvg <flavour>',
        'how genes are ranked (seurat_v3 for counts, cell_ranger for log values)',
      ).choices(['seurat_v3', 'cell_ranger']),
    )
    .addOption(
      new Option(
        '--scaling <kind>',
        'of genes for wbdit and dit: as they are, or to unit variance (none)',
      ).choices(['none', 'zscore']),
    )
    .addOption(
      new Option('--steps <N>', 'at most N steps a stage (5000; of wbdit, dit and dit-small 2000)')
        .argParser(wholeNumber('--steps', 1))
        .conflicts(['epochs', 'minutes']),
    )
    .addOption(
      new Option('--epochs <N>', 'at most N passes over the cells a stage')
        .argParser(positiveNumber('--epochs'))
        .conflicts(['steps', 'minutes']),
    )
    .addOption(
      new Option('--minutes <M>', 'at most M minutes in all')
        .argParser(positiveNumber('--minutes'))
        .conflicts(['steps', 'epochs']),
    )
    .option(
      '--batch-size <B>',
      'cells a step (128, of the denoiser 256; of wbdit, dit and dit-small 16)',
      wholeNumber('--batch-size', 1),
    )
    .option(
      '--lr <R>',
      'learning rate (0.002, of the denoiser 0.004; of wbdit, dit and dit-small 0.0001)',
      positiveNumber('--lr'),
    )
    .option(
      '--held-out <share>',
      'share of the cells that tell training when to stop (0.1; of wbdit, dit and dit-small 0)',
      realNumber('--held-out', 0, 0.5),
    )
    .addOption(
      new Option(
        '--size <name>',
        'of crate and latent-dit: room for kinds of cells; auto is large from 10,000 cells to learn from (auto)',
      ).choices(sizeChoices),
    )
    .option(
      '--prior-weight <B>',
      'of crate and latent-dit: weight of the prior on the latent code; less keeps rarer modules of genes, 1 is for generate --from-prior (0.3)',
      positiveNumber('--prior-weight'),
    )
    .addOption(
      new Option(
        '--decoder <kind>',
        'gene programmes; ones that only raise genes, easier to read; or a black box (sparse)',
      ).choices(decoderKinds),
    )
    .option(
      '--sparsity <L>',
      'of --decoder raising: price of what programmes raise genes by (0.002)',
      realNumber('--sparsity', 0),
    )
    .option(
      '--rate-reduction <W>',
      "of crate: weight of its layers' own objective in the loss (0)",
      realNumber('--rate-reduction', 0),
    )
    .addOption(new Option('--device <name>', 'where to compute (auto)').choices(deviceChoices))
    .addOption(new Option('--resume', 'go on with an interrupted run').conflicts('force'))
    .option('--force', 'replace an existing run folder')
    .option('--config <file>', 'JSON file of these options; the command line wins');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Presets:
  crate        counts through a latent code and a CRATE denoiser: the one to begin with
  crate-genes  the genes themselves diffuse, without a learned code; slower, and told apart more easily
  latent-dit   crate with a Diffusion Transformer in its place, to compare with
  wbdit, dit   as published, in gene space (slow); dit-small has as many parameters as wbdit

Examples:
  cellcrate train pbmc.h5ad -o run --label-key cell_type
  cellcrate train pbmc.h5ad -o run --label-key cell_type --label-key batch --minutes 10
  cellcrate train pbmc.h5ad -o baseline --preset wbdit --epochs 50 --seed 1
  cellcrate train pbmc.h5ad -o run --resume             after Ctrl-C

The cells of a large file lie unpacked on the disk of the run folder while it is trained, not in memory.`,
    )
    .action(runTrain);
}

async function runTrain(file: string, flags: TrainFlags): Promise<void> {
  const { labelKey, lr, quiet, verbose, debug: _debug, ...rest } = flags;
  const progress = new Progress(process.stderr, quiet === true);
  const interruption = catchInterruption(() =>
    progress.message('Stopping after this step and saving the state; Ctrl-C again to stop at once'),
  );
  // Loaded only now: the tensor engine is large, and --help should not wait for it.
  const { train } = await import('../model/train.js');
  try {
    const summary = await train(file, {
      ...rest,
      ...(labelKey && { labelKeys: labelKey }),
      ...(lr !== undefined && { learningRate: lr }),
      signal: interruption.signal,
      onProgress: (report) => progress.update(trainingReport(report, verbose === true)),
      onMessage: (line) => progress.message(line),
    });
    progress.end();
    if (summary.interrupted) {
      process.exitCode = interruption.exitStatus() ?? 1;
      process.stderr.write(
        `cellcrate: training was interrupted and its state saved; go on with\n  cellcrate train ${asArgument(file)} -o ${asArgument(flags.out)} --resume\n`,
      );
      return;
    }
    process.stdout.write(`${describeTraining(summary).map(printable).join('\n')}\n`);
    if (!quiet) {
      process.stderr.write(`Next: cellcrate generate ${asArgument(summary.run)} -n 1000 -o generated.h5ad\n`);
    }
  } finally {
    interruption.release();
    progress.end();
  }
}

/** A training step as progress shows it. */
export function trainingReport(report: TrainProgress, verbose: boolean): ProgressReport {
  const { stage, step, steps, epoch, loss, cellsPerSecond, elapsedSeconds, etaSeconds } = report;
  const byTime = etaSeconds === null ? null : elapsedSeconds / Math.max(elapsedSeconds + etaSeconds, 1e-9);
  return {
    label: stage,
    fraction: steps === null ? byTime : step / steps,
    details: [
      `step ${formatCount(step)}${steps === null ? '' : `/${formatCount(steps)}`}`,
      `loss ${formatNumber(loss)}`,
      ...(report.heldOutLoss === undefined ? [] : [`held out ${formatNumber(report.heldOutLoss)}`]),
      `${formatCount(cellsPerSecond)} cells/s`,
      ...(verbose ? [`epoch ${formatCount(epoch)}`, `elapsed ${formatDuration(elapsedSeconds)}`] : []),
    ],
    etaSeconds,
  };
}

/** To a ten thousandth: what is below comes and goes with the draw. */
const formatDiscrepancy = (value: number): string => value.toFixed(4).replace(/^-(0\.0000)$/, '$1');

/** What training has come to, line by line. */
export function describeTraining({ run, preset, stages, check, parameters }: TrainSummary): string[] {
  return [
    `Trained ${run} (preset ${preset}, ${formatCount(parameters)} parameters)`,
    ...alignColumns(
      [
        ['stage', 'steps', 'first loss', 'final loss', 'best held out', 'at step', 'time'],
        ...stages.map(({ name, steps, firstLoss, finalLoss, heldOut, seconds }) => [
          name,
          formatCount(steps),
          formatNumber(firstLoss),
          formatNumber(finalLoss),
          heldOut ? formatNumber(heldOut.loss) : '-',
          heldOut ? formatCount(heldOut.step) : '-',
          formatDuration(seconds),
        ]),
      ],
      [1, 2, 3, 4, 5, 6],
    ).map((line) => `  ${line}`),
    ...(check === null
      ? []
      : [
          `${formatCount(check.cells)} new cells beside ${formatCount(check.heldOut)} that were set aside: MMD^2 ${formatDiscrepancy(check.mmd)} (training cells ${formatDiscrepancy(check.control)})`,
        ]),
  ];
}
