import { join } from 'node:path';
import type { Command } from 'commander';
import { refuseToOverwrite } from '../io/overwrite.js';
import type { RealismCheck } from '../metrics/realism-check.js';
import { formatAmount, formatCount, formatNumber, formatShare } from '../number-format.js';
import { describeGeneration, generationReport } from './generate.js';
import { catchInterruption } from './interruption.js';
import { addCommonOptions, type CommonOptions } from './options.js';
import { packageRoot } from './package-root.js';
import { describeInspection } from './print-inspection.js';
import { Progress } from './progress.js';
import { describeTraining, trainingReport } from './train.js';

interface DemoFlags extends CommonOptions {
  out: string;
  force?: true;
}

const labelKey = 'cell_type';
/** Leaves time for the other steps within a minute. */
const trainingMinutes = 40 / 60;
const generatedCells = 500;

export function addDemoCommand(program: Command): void {
  const command = program
    .command('demo')
    .description('The whole way on the bundled, simulated data, in about a minute.')
    .option('-o, --out <dir>', 'folder for what the demo writes', 'cellcrate-demo')
    .option('--force', 'replace an earlier demo');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate demo
  cellcrate demo -o first-try --seed 1`,
    )
    .action(runDemo);
}

async function runDemo(flags: DemoFlags): Promise<void> {
  const { out, seed = 0, threads, verbose = false, quiet = false, force = false } = flags;
  refuseToOverwrite(out, force);
  // Loaded only now: HDF5 and the tensor engine are large, and --help should not wait for them.
  const [{ readH5ad }, { inspect }, { split }, { train }, { generate }, { checkRealism }] = await Promise.all(
    [
      import('../io/read.js'),
      import('../model/inspect.js'),
      import('../model/split.js'),
      import('../model/train.js'),
      import('../model/generate.js'),
      import('../metrics/realism-check.js'),
    ],
  );
  const data = join(packageRoot(), 'data', 'simulated_small.h5ad');
  const run = join(out, 'run');
  const generatedFile = join(out, 'generated.h5ad');
  const progress = new Progress(process.stderr, quiet);
  const interruption = catchInterruption(() => progress.message('Stopping; Ctrl-C again to stop at once'));
  const hooks = {
    seed,
    force,
    signal: interruption.signal,
    ...(threads !== undefined && { threads }),
  };
  try {
    title(`1. Inspect: cellcrate inspect ${data}`);
    print(describeInspection(await inspect(data), verbose));

    title(`2. Split: cellcrate split ${data} -o ${out} --label-key ${labelKey}`);
    const parts = await split(data, { out, labelKey, seed, force, signal: interruption.signal });
    print([`${formatAmount(parts.train.cells, 'cell')} to train, ${formatCount(parts.test.cells)} held out`]);

    title(`3. Train: cellcrate train ${parts.train.file} -o ${run} --label-key ${labelKey} --minutes 0.67`);
    const trained = await train(parts.train.file, {
      ...hooks,
      out: run,
      labelKeys: [labelKey],
      minutes: trainingMinutes,
      onMessage: (line) => progress.message(line),
      onProgress: (report) => progress.update(trainingReport(report, verbose)),
    });
    progress.end();
    if (trained.interrupted) throw interruption.signal.reason;
    print(describeTraining(trained));

    title(`4. Generate: cellcrate generate ${run} -n ${generatedCells} -o ${generatedFile}`);
    const generated = await generate(run, {
      ...hooks,
      out: generatedFile,
      n: generatedCells,
      ...(verbose && { onMessage: (line: string) => progress.message(line) }),
      onProgress: (report) => progress.update(generationReport(report)),
    });
    progress.end();
    print([describeGeneration(generated)]);

    title('5. A first look: generated cells beside the held-out ones');
    print(describeCheck(checkRealism(await readH5ad(parts.test.file), await readH5ad(generated.file))));

    title('Try next');
    print([
      `cellcrate generate ${run} -o more.h5ad --label NAME=200     cells of one type (names: see step 1)`,
      'cellcrate inspect YOUR.h5ad                                 your own data',
      'cellcrate train YOUR.h5ad -o run --label-key COLUMN --minutes 10',
      `In Python: scanpy.read_h5ad('${generatedFile}')`,
    ]);
  } catch (error) {
    const status = interruption.exitStatus();
    if (status === null) throw error;
    progress.end();
    process.stderr.write('cellcrate: the demo was interrupted\n');
    process.exitCode = status;
  } finally {
    interruption.release();
    progress.end();
  }
}

const title = (text: string): boolean => process.stdout.write(`\n${text}\n`);

const print = (lines: readonly string[]): boolean =>
  process.stdout.write(`${lines.map((line) => (line === '' ? '' : `   ${line}`)).join('\n')}\n`);

/** The first look in words. */
function describeCheck(check: RealismCheck): string[] {
  const { zeroShare, medianLibrarySize, geneMeanCorrelation } = check;
  return [
    `${formatAmount(check.cells, 'cell')} x ${formatAmount(check.genes, 'gene')}`,
    `zeros: ${formatShare(zeroShare.generated)} generated, ${formatShare(zeroShare.real)} held-out`,
    `median library size: ${formatNumber(medianLibrarySize.generated)} generated, ${formatNumber(medianLibrarySize.real)} held-out`,
    `mean expression of genes: correlation ${geneMeanCorrelation.toFixed(3)} between the two (1 is ideal)`,
  ];
}
