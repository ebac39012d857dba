/**
 * Writes a simulated single-cell data set whose truth is known; the same options give the same cells.
 *
 *   npm run simulate -- --cells 2000 --genes 1000 --seed 1 -o data/simulated_small.h5ad --force
 */
import { parseArgs } from 'node:util';
import { CellcrateError, OptionError } from '../src/errors.js';
import { writeH5adInBlocks } from '../src/io/write.js';
import { simulate } from './simulate-cells.js';

const usage = 'Usage: npm run simulate -- --cells 2000 --genes 1000 --seed 1 -o FILE.h5ad [--force]';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cells: { type: 'string', default: '2000' },
      genes: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string', short: 'o' },
      force: { type: 'boolean', default: false },
    },
  });
  if (values.output === undefined) throw new OptionError('--output', 'no file to write was given', usage);
  const cells = wholeNumber('--cells', values.cells, 1);
  const genes = wholeNumber('--genes', values.genes, 50);
  const { annotation, blocks } = simulate(cells, genes, wholeNumber('--seed', values.seed, 0));
  await writeH5adInBlocks(values.output, annotation, blocks, { force: values.force });
  console.log(`${values.output}: ${cells} cells x ${genes} genes`);
}

function wholeNumber(option: string, text: string, smallest: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= smallest) return value;
  throw new OptionError(option, `${text} is not a whole number from ${smallest} on`, usage);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
