import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCsr } from '../../src/counts/csr.js';
import { coExpressionIn, genesWithLikeMeans } from '../../src/metrics/co-expression.js';
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
const coExpression = coExpressionIn(toCsr({ format: 'dense', rows: cells, cols, data }));
const column = (gene: number) => Float64Array.from({ length: cells }, (_, cell) => data[cell * cols + gene]);

test('co-expression is the mean correlation over pairs', () => {
  const pairs = [pearson(column(0), column(1)), pearson(column(0), column(2)), pearson(column(1), column(2))];
  const mean = (pairs[0] + pairs[1] + pairs[2]) / 3;
  assert.ok(Math.abs(coExpression([0, 1, 2]) - mean) < 1e-9);
  assert.ok(mean > 0.3);
  assert.ok(Math.abs(coExpression([3, 4])) < 0.3);
});

test('a constant gene counts as uncorrelated; one gene has no pair', () => {
  assert.ok(Math.abs(coExpression([0, 5])) < 1e-9);
  assert.ok(Number.isNaN(coExpression([0])));
});

test('other genes have like means, each is taken once, and none is its own', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 60 }),
      (means) => {
        const order = Int32Array.from(means.keys()).sort((a, b) => means[a] - means[b]);
        const genes = Int32Array.from({ length: Math.floor(means.length / 3) }, (_, i) => 3 * i);
        const others = genesWithLikeMeans(order, means, genes, stream(1, 'others'));
        assert.equal(others.length, genes.length);
        assert.equal(new Set([...genes, ...others]).size, 2 * genes.length);
        others.forEach((other, i) => {
          const nearer = means.filter(
            (mean) => Math.abs(mean - means[genes[i]]) < Math.abs(means[other] - means[genes[i]]),
          );
          assert.ok(nearer.length <= 10 + 2 * genes.length, `${nearer.length} are nearer`);
        });
      },
    ),
  );
});

test('where there are no others, fewer genes come', () => {
  const found = genesWithLikeMeans(
    Int32Array.of(0, 1, 2),
    [1, 2, 3],
    Int32Array.of(0, 1),
    stream(1, 'others'),
  );
  assert.deepEqual([...found], [2]);
});
