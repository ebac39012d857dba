/**
 * Draws real cells beside generated ones, coloured by label: the second and third principal components of both
 * together, as the first one separates the two simulated batches.
 *
 *   npm run compile && node build/scripts/readme-picture.js REAL.h5ad GENERATED.h5ad LABEL_KEY PICTURE.svg
 */

import { CellcrateError, OptionError } from '../src/errors.js';
import { writeFileAtomic } from '../src/io/atomic.js';
import { readH5ad } from '../src/io/read.js';
import { alignedExpression } from './aligned-expression.js';
import { leadingComponents } from './leading-components.js';
import { scatterPair } from './scatter-pair.js';

async function main([real, generated, labelKey, picture]: readonly string[]): Promise<void> {
  if (picture === undefined) {
    throw new OptionError('readme-picture', 'four arguments are needed', 'REAL GENERATED LABEL_KEY PICTURE');
  }
  const pair = alignedExpression(await readH5ad(real), await readH5ad(generated), labelKey);
  const { scores, varianceShares } = leadingComponents(pair.values, pair.genes, 3);
  const shown = [1, 2];
  const axes = shown.map((c) => `PC ${c + 1} (${(100 * varianceShares[c]).toFixed(1)}% of variance)`);
  const points = (start: number) =>
    Float64Array.from({ length: 2 * pair.cells }, (_, at) => scores[(start + (at >> 1)) * 3 + shown[at % 2]]);
  const svg = scatterPair(
    [
      {
        title: `Held-out real cells (${pair.cells})`,
        points: points(0),
        names: pair.realLabels,
      },
      {
        title: `Generated cells (${pair.cells})`,
        points: points(pair.cells),
        names: pair.generatedLabels,
      },
    ],
    axes,
    pair.labelNames,
  );
  await writeFileAtomic(picture, svg);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
