import type { Command } from 'commander';
import type { MergeSummary } from '../model/merge.js';
import { formatAmount, formatCount } from '../number-format.js';
import { addCommonOptions, type CommonOptions } from './options.js';
import { writeOutput } from './write-output.js';

interface MergeFlags extends CommonOptions {
  out: string;
  force?: true;
}

export function addMergeCommand(program: Command): void {
  const command = program
    .command('merge')
    .description('Join the files of generate --shard to the one that a single call writes.')
    .argument('<part...>', 'all shards, in any order')
    .requiredOption('-o, --out <file>', '.h5ad to write')
    .option('--force', 'replace an existing output file');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate merge part-1.h5ad part-2.h5ad -o generated.h5ad
  cellcrate merge parts/*.h5ad -o generated.h5ad

The parts, one a process or machine:
  cellcrate generate run -n 100000 --shard 1/2 -o part-1.h5ad
  cellcrate generate run -n 100000 --shard 2/2 -o part-2.h5ad`,
    )
    .action(runMerge);
}

async function runMerge(parts: string[], flags: MergeFlags): Promise<void> {
  const { out, quiet, force = false } = flags;
  await writeOutput(out, quiet === true, async (progress, signal) => {
    // Loaded only now: HDF5 is large, and --help should not wait for it.
    const { merge } = await import('../model/merge.js');
    const begun = performance.now();
    const summary = await merge(parts, {
      out,
      force,
      signal,
      onProgress: ({ done, total }) => {
        const seconds = (performance.now() - begun) / 1000;
        progress.update({
          label: 'merge',
          fraction: done / total,
          details: [`${formatCount(done)}/${formatCount(total)} cells`],
          etaSeconds: (seconds * (total - done)) / done,
        });
      },
    });
    return [describeMerge(summary)];
  });
}

const describeMerge = ({ file, parts, cells, genes }: MergeSummary): string =>
  `Wrote ${file}: ${formatAmount(cells, 'cell')} x ${formatAmount(genes, 'gene')} of ${formatAmount(parts, 'part')}`;
