import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCsr } from '../../src/counts/csr.js';
import { coExpression, genesAsHigh } from '../../src/metrics/co-expression.js';
import { pearson } from '../../src/metrics/correlation.js';
import { stream } from '../../src/random/stream.js';

const cells = 50;
const cols = 6;
const random = stream(5, 'co-expression');
/** Genes 0 to 2 share half of their variance, 3 and 4 are alone, 5 is constant. */
const data = Float32Array.from({ length: cells * cols });
for (let cell = 0; cell < cells; cell++) {
  const shared = random.normal();
  for (let gene = 0; gene < 5; gene++)
    data[cell * cols + gene] = 3 + (gene < 3 ? shared : 0) + random.normal();
  data[cell * cols + 5] = 1;
}
const matrix = toCsr({ format: 'dense', rows: cells, cols, data });
const column = (gene: number) => Float64Array.from({ length: cells }, (_, cell) => data[cell * cols + gene]);

test('co-expression is the mean correlation over pairs', () => {
  const pairs = [pearson(column(0), column(1)), pearson(column(0), column(2)), pearson(column(1), column(2))];
  const mean = (pairs[0] + pairs[1] + pairs[2]) / 3;
  assert.ok(Math.abs(coExpression(matrix, [0, 1, 2]) - mean) < 1e-9);
  assert.ok(mean > 0.3);
  assert.ok(Math.abs(coExpression(matrix, [3, 4])) < 0.3);
});

test('a constant gene counts as uncorrelated; one gene has no pair', () => {
  assert.ok(Math.abs(coExpression(matrix, [0, 5])) < 1e-9);
  assert.ok(Number.isNaN(coExpression(matrix, [0])));
});

test('genes as high are others, each once, and the next ones in the order of means', () => {
  assert.deepEqual([...genesAsHigh([0.1, 5, 0.3, 4, 0.2], [1, 2])], [3, 4]);
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 40 }), (means) => {
      const genes = Array.from({ length: Math.floor(means.length / 2) }, (_, i) => 2 * i);
      const others = genesAsHigh(means, genes);
      assert.equal(new Set([...genes, ...others]).size, 2 * genes.length);
    }),
  );
});
