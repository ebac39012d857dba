import { Command } from 'commander';
import { addCompareCommand } from './compare.js';
import { addDemoCommand } from './demo.js';
import { addEmbedCommand } from './embed.js';
import { addEvaluateCommand } from './evaluate.js';
import { addExplainCommand } from './explain.js';
import { addGenerateCommand } from './generate.js';
import { addInspectCommand } from './inspect.js';
import { addMergeCommand } from './merge.js';
import { packageVersion } from './package-root.js';
import { addSplitCommand } from './split.js';
import { addTrainCommand } from './train.js';

/** The whole command line; its errors are thrown, never an exit. */
export function commandLine(): Command {
  const program = new Command('cellcrate')
    .description('Synthetic single-cell RNA-seq: an .h5ad in, a white-box diffusion model, an .h5ad out.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'cellcrate: ')),
    })
    .showHelpAfterError('cellcrate: add --help to see how it is called')
    .addHelpText(
      'after',
      `
Examples:
  cellcrate demo                                        the whole way on the bundled data, in about a minute
  cellcrate inspect pbmc.h5ad                           what is in a file, and which matrix would be used
  cellcrate train pbmc.h5ad -o run --label-key cell_type --minutes 10
  cellcrate generate run -n 1000 -o generated.h5ad
  cellcrate evaluate --real test.h5ad --generated generated.h5ad --train train.h5ad -o report
  cellcrate explain run -o explained --data train.h5ad  gene programmes, layers, and how cells came about

cellcrate COMMAND --help explains a command.`,
    );
  addInspectCommand(program);
  addSplitCommand(program);
  addTrainCommand(program);
  addGenerateCommand(program);
  addMergeCommand(program);
  addEvaluateCommand(program);
  addCompareCommand(program);
  addExplainCommand(program);
  addEmbedCommand(program);
  addDemoCommand(program);
  return program;
}
