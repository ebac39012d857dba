import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from './options.js';
import { describeInspection } from './print-inspection.js';
import { printable } from './printable.js';

export function addInspectCommand(program: Command): void {
  const command = program
    .command('inspect')
    .description('Say what an .h5ad holds, and which matrix a model would be fitted to.')
    .argument('<file>', 'the .h5ad to look at')
    .option('--layer <name>', "matrix to use: X, raw or a layer's name")
    .option('--json', 'print the same facts as JSON');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate inspect pbmc.h5ad
  cellcrate inspect pbmc.h5ad --layer counts
  cellcrate inspect pbmc.h5ad --json | jq .labelKey`,
    )
    .action(async (file: string, flags: CommonOptions & { layer?: string; json?: true }) => {
      // Loaded only now: HDF5 is large, and --help should not wait for it.
      const { inspect } = await import('../model/inspect.js');
      const found = await inspect(file, flags.layer === undefined ? {} : { layer: flags.layer });
      const lines = flags.json
        ? JSON.stringify(found, null, 2).split('\n')
        : describeInspection(found, flags.verbose === true);
      process.stdout.write(`${lines.map(printable).join('\n')}\n`);
    });
}
