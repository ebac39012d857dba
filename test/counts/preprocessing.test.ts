import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { takeRows } from '../../src/counts/cell-rows.js';
import { selectRows, toCsr } from '../../src/counts/csr.js';
import {
  applyPreprocessing,
  denormalise,
  fitPreprocessing,
  normalisedRows,
  type PreprocessingOptions,
} from '../../src/counts/preprocessing.js';
import { DataError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { stream } from '../../src/random/stream.js';

const cells = 60;
const genes = 12;
const names = Array.from({ length: genes }, (_, gene) => `gene${gene}`);
const options: PreprocessingOptions = {
  genes: 5,
  flavour: 'seurat_v3',
  kind: 'counts',
  layerName: 'X',
  scaling: 'zscore',
};

/** Gene 4 is never seen; cell 0 is empty. */
const matrix: CsrMatrix = toCsr({
  format: 'dense',
  rows: cells,
  cols: genes,
  data: Float32Array.from({ length: cells * genes }, (_, i) => {
    const [cell, gene] = [Math.floor(i / genes), i % genes];
    return gene === 4 || cell === 0 ? 0 : stream(1, 'test', i).negativeBinomial(1 + gene, 1.5);
  }),
});
const everyCell = Int32Array.from({ length: cells }, (_, cell) => cell);

function dense(csr: CsrMatrix): number[][] {
  return Array.from({ length: csr.rows }, (_, row) => {
    const values = new Array<number>(csr.cols).fill(0);
    for (let k = csr.indptr[row]; k < csr.indptr[row + 1]; k++) values[csr.indices[k]] = csr.data[k];
    return values;
  });
}

describe('preprocessing', () => {
  it('equals the formula, z-scored over the training cells', () => {
    const fitted = fitPreprocessing(matrix, names, options);
    const { geneIndices, targetSum } = fitted;
    const rows = dense(matrix);
    const totals = rows.map((row) => geneIndices.reduce((sum, gene) => sum + row[gene], 0));
    const sorted = totals.filter((total) => total > 0).sort((a, b) => a - b);
    const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
    assert.equal(targetSum, middle, 'the median over the chosen genes of the cells that have any');
    const logged = rows.map((row, cell) =>
      geneIndices.map((gene) => (totals[cell] > 0 ? Math.log1p((row[gene] * targetSum!) / totals[cell]) : 0)),
    );
    const out = new Float32Array(cells * geneIndices.length);
    normalisedRows(applyPreprocessing(fitted, matrix, names), everyCell, out);
    geneIndices.forEach((_, g) => {
      const column = logged.map((row) => row[g]);
      const mean = column.reduce((sum, x) => sum + x, 0) / cells;
      const std = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / cells);
      column.forEach((x, cell) => {
        assert.ok(Math.abs(out[cell * geneIndices.length + g] - (x - mean) / std) < 1e-5);
      });
    });
  });

  it('keeps chosen genes in file order and never takes one without counts', () => {
    const all = fitPreprocessing(matrix, names, { ...options, genes: 100 });
    assert.deepEqual(
      all.geneNames,
      names.filter((name) => name !== 'gene4'),
    );
    const some = fitPreprocessing(matrix, names, options);
    assert.equal(some.geneIndices.length, 5);
    assert.deepEqual(
      some.geneIndices,
      [...some.geneIndices].sort((a, b) => a - b),
    );
    assert.equal(some.sourceGenes, genes);
  });

  it('survives JSON', () => {
    const fitted = fitPreprocessing(matrix, names, options);
    assert.deepEqual(JSON.parse(JSON.stringify(fitted)), fitted);
  });

  it('finds genes by name in a file with another order', () => {
    const fitted = fitPreprocessing(matrix, names, options);
    const reversed = toCsr({
      format: 'dense',
      rows: cells,
      cols: genes,
      data: Float32Array.from(dense(matrix).flatMap((row) => row.reverse())),
    });
    const here = applyPreprocessing(fitted, matrix, names);
    const there = applyPreprocessing(fitted, reversed, [...names].reverse());
    assert.deepEqual(there, here);
  });

  it('names genes that the file lacks', () => {
    const fitted = fitPreprocessing(matrix, names, { ...options, genes: 100 });
    const renamed = names.map((name) => (name === 'gene7' ? 'other' : name));
    assert.throws(
      () => applyPreprocessing(fitted, matrix, renamed),
      (error: DataError) =>
        error instanceof DataError && /lacks 1 of the model's 11 genes: gene7/.test(error.message),
    );
  });

  it('comes back by denormalise, and clamps below zero', () => {
    const scaled = fitPreprocessing(matrix, names, options);
    const plain = { ...scaled, mean: null, std: null };
    const rows = new Float32Array(cells * 5);
    const expected = new Float32Array(cells * 5);
    normalisedRows(applyPreprocessing(scaled, matrix, names), everyCell, rows);
    normalisedRows(applyPreprocessing(plain, matrix, names), everyCell, expected);
    denormalise(scaled, rows);
    rows.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]) < 1e-5);
    });
    const low = new Float32Array(5).fill(-1e3);
    denormalise(scaled, low);
    assert.deepEqual(low, new Float32Array(5));
  });

  it('gives a cell the same row in any batch', () => {
    const fitted = applyPreprocessing(fitPreprocessing(matrix, names, options), matrix, names);
    const whole = new Float32Array(cells * 5);
    normalisedRows(fitted, everyCell, whole);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: cells - 1 }), { minLength: 1, maxLength: 10 }),
        (rows) => {
          const out = new Float32Array(rows.length * 5);
          normalisedRows(fitted, rows, out);
          rows.forEach((row, i) => {
            assert.deepEqual(out.subarray(i * 5, i * 5 + 5), whole.subarray(row * 5, row * 5 + 5));
          });
        },
      ),
    );
  });

  it('leaves log-normalised values as they are', () => {
    const logged: CsrMatrix = { ...matrix, data: Float32Array.from(matrix.data, Math.log1p) };
    const fitted = fitPreprocessing(logged, names, {
      ...options,
      kind: 'lognormalised',
      flavour: 'cell_ranger',
      scaling: 'none',
    });
    assert.equal(fitted.targetSum, null);
    const prepared = applyPreprocessing(fitted, logged, names);
    const row = new Float32Array(5);
    normalisedRows(prepared, [3], row);
    assert.deepEqual(Array.from(row), dense(takeRows(prepared.values, [3]))[0]);
    const counted = fitted.geneIndices.reduce((sum, gene) => sum + dense(matrix)[3][gene], 0);
    assert.ok(Math.abs(prepared.librarySize[3] - counted) < 1e-3);
  });

  it('refuses cells without any counts', () => {
    assert.throws(() => fitPreprocessing(selectRows(matrix, [0, 0]), names, options), DataError);
  });
});
