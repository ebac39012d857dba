import { type Command, Option } from 'commander';
import { budgetName, parseBudget, type TrialBudget } from '../comparison/budget.js';
import type { CompareMessage, CompareOptions, CompareProgress } from '../comparison/compare.js';
import type { Comparison, Trial } from '../comparison/comparison.js';
import { OptionError } from '../errors.js';
import { deviceChoices, presetNames } from '../model/choices.js';
import type { PresetName } from '../model/description.js';
import { formatAmount, formatBytes, formatCount, formatDuration } from '../number-format.js';
import { exitStatus } from './errors.js';
import { catchInterruption } from './interruption.js';
import { addCommonOptions, type CommonOptions, wholeNumber } from './options.js';
import { printable } from './printable.js';
import { Progress, type ProgressReport } from './progress.js';

type CompareFlags = CommonOptions &
  Pick<CompareOptions, 'out' | 'models' | 'seeds' | 'labelKey' | 'n' | 'device' | 'force'> & {
    budget?: TrialBudget[];
  };

export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .description('CRATE against Diffusion Transformers: train, generate and measure each on the same splits.')
    .argument('<files...>', 'one .h5ad a data set')
    .requiredOption('-o, --out <dir>', 'folder of the comparison; one that was cut off goes on')
    .option('--models <names>', `presets of train: ${presetNames.join(', ')} (crate,wbdit,dit)`, modelNames)
    .option('--budget <budget>', 'epochs=E or minutes=M; repeat for more (minutes=5)', gatherBudgets)
    .option('--seeds <N>', 'trainings of each model (3)', wholeNumber('--seeds', 1))
    .option('--label-key <column>', 'obs column to condition on (the obvious one of each file)')
    .option(
      '-n <N>',
      'cells to generate and compare (as many as held out, at most 2000)',
      wholeNumber('-n', 20),
    )
    .addOption(new Option('--device <name>', 'where to compute (auto)').choices(deviceChoices))
    .option('--force', 'begin anew where a comparison is');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Writes report.html, comparison.json and comparison.csv. Models run one at a time, so that their times count; with the
defaults 45 minutes of training a file. Ctrl-C saves, and the same command goes on. Of finished models the weights are
not kept.

dit-small is a DiT of as many parameters as wbdit; latent-dit a DiT in crate's latent space, of as many as crate;
crate-genes diffuses genes as wbdit and dit do, down to a noise level at which counts are read.

Examples:
  cellcrate compare pbmc.h5ad -o comparison
  cellcrate compare a.h5ad b.h5ad -o comparison --models wbdit,dit,dit-small --budget epochs=3 --budget minutes=10
  cellcrate compare pbmc.h5ad -o quick --models crate,latent-dit --budget minutes=1 --seeds 1 -n 500`,
    )
    .action(runCompare);
}

function modelNames(text: string): PresetName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !presetNames.some((known) => known === name));
  if (unknown === undefined) return names as PresetName[];
  throw new OptionError('--models', `'${unknown}' is no preset`, `Choose among ${presetNames.join(', ')}`);
}

const gatherBudgets = (text: string, before: TrialBudget[] | undefined): TrialBudget[] => [
  ...(before ?? []),
  parseBudget(text),
];

async function runCompare(files: string[], flags: CompareFlags): Promise<void> {
  const { quiet, verbose: _verbose, debug: _debug, budget, ...rest } = flags;
  // Of memory the reports tell: most trials run in processes of their own.
  const progress = new Progress(process.stderr, quiet === true, Date.now, () => null);
  const interruption = catchInterruption(() =>
    progress.message('Stopping and saving the state; Ctrl-C again to stop at once'),
  );
  // Loaded only now: the tensor engine is large, and --help should not wait for it.
  const [{ compare }, { writeComparison }] = await Promise.all([
    import('../comparison/compare.js'),
    import('../report/comparison/write-comparison.js'),
  ]);
  try {
    const comparison = await compare({
      ...{ ...rest, files, ...(budget && { budgets: budget }) },
      signal: interruption.signal,
      onProgress: (report) => progress.update(compareReport(report)),
      onMessage: (message) => {
        progress.end();
        // --quiet hides progress, not failures.
        if (message.kind === 'failed') process.stderr.write(`${printable(compareMessage(message))}\n`);
        else progress.message(compareMessage(message));
      },
    });
    progress.end();
    const report = await writeComparison(flags.out, comparison);
    process.stdout.write(
      `${[...describeComparison(comparison), `Wrote ${report}`].map(printable).join('\n')}\n`,
    );
    const status = interruption.exitStatus();
    if (comparison.left > 0 && status !== null) {
      process.stderr.write(
        `cellcrate: interrupted with ${formatAmount(comparison.left, 'trial')} left; the same command goes on\n`,
      );
      process.exitCode = status;
    } else if (failuresOf(comparison) > 0) process.exitCode = exitStatus.failure;
  } finally {
    interruption.release();
    progress.end();
  }
}

/** How far the trial under way has come, as progress shows it; the time left is that of all trials. */
function compareReport(report: CompareProgress): ProgressReport {
  const { part, fraction, details, memory, remainingSeconds } = report;
  return {
    label: part,
    fraction,
    details: [...details, `memory ${formatBytes(memory)}`],
    etaSeconds: remainingSeconds,
  };
}

/** '[3/18] pbmc, wbdit, minutes=5, seed 0; 16 left, about 1 h 20 min'. */
function compareMessage(message: CompareMessage): string {
  if (message.kind === 'goes on') {
    return `Going on: ${formatCount(message.done)} of ${formatAmount(message.trials, 'trial')} done`;
  }
  if (message.kind === 'failed') {
    return `Failed: ${trialInWords(message.trial)}: ${message.message} (to try it again, remove ${message.folder} and give the same command)`;
  }
  const { trial, number, trials, left, remainingSeconds } = message;
  const time = remainingSeconds === null ? '' : `, about ${formatDuration(remainingSeconds)}`;
  return `[${number}/${trials}] ${trialInWords(trial)}; ${formatCount(left)} left${time}`;
}

const trialInWords = ({ dataSet, model, budget, seed }: Trial): string =>
  `${dataSet}, ${model}, ${budgetName(budget)}, seed ${seed}`;

/** What there is by now, line by line. */
function describeComparison(comparison: Comparison): string[] {
  const trials = comparison.dataSets.flatMap((dataSet) => dataSet.trials);
  const failed = failuresOf(comparison);
  return [
    `${formatAmount(trials.length - failed, 'trial')} finished, ${formatCount(failed)} failed, ${formatCount(comparison.left)} left`,
  ];
}

const failuresOf = ({ dataSets }: Comparison): number =>
  dataSets.flatMap(({ trials }) => trials).filter(({ outcome }) => outcome === 'failed').length;
