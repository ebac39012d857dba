import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCsr, transposeCsr } from '../../src/counts/csr.js';
import type { DenseMatrix } from '../../src/io/anndata.js';

test('columns become rows, value by value', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(
      shapes.chain(([rows, cols]) =>
        fc.record({
          rows: fc.constant(rows),
          cols: fc.constant(cols),
          values: fc.array(fc.integer({ min: 0, max: 3 }), {
            minLength: rows * cols,
            maxLength: rows * cols,
          }),
        }),
      ),
      ({ rows, cols, values }) => {
        const matrix: DenseMatrix = { format: 'dense', rows, cols, data: Float32Array.from(values) };
        const turned: DenseMatrix = {
          ...{ format: 'dense', rows: cols, cols: rows },
          data: Float32Array.from(values, (_, at) => values[(at % rows) * cols + Math.floor(at / rows)]),
        };
        assert.deepEqual(transposeCsr(toCsr(matrix)), toCsr(turned));
      },
    ),
  );
});
