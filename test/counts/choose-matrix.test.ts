import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkMatrix, chooseMatrix, type MatrixSource } from '../../src/counts/choose-matrix.js';
import { describeMatrix } from '../../src/counts/describe-matrix.js';
import { DataError } from '../../src/errors.js';
import type { DenseMatrix, Matrix } from '../../src/io/anndata.js';
import { withH5ad } from '../../src/io/h5ad-file.js';
import { sharedFile } from '../shared.js';

function dense(rows: number[][]): DenseMatrix {
  return { format: 'dense', rows: rows.length, cols: rows[0].length, data: Float32Array.from(rows.flat()) };
}

function fileWith(matrices: Record<string, DenseMatrix>): MatrixSource {
  return {
    path: 'made_up.h5ad',
    matrices: () => Object.entries(matrices).map(([name, { rows, cols }]) => ({ name, rows, cols })),
    readRows: async (name, start, end): Promise<Matrix> => {
      const { cols, data } = matrices[name];
      return { format: 'dense', rows: end - start, cols, data: data.slice(start * cols, end * cols) };
    },
  };
}

const counts = dense([
  [0, 3, 1],
  [7, 0, 0],
  [0, 0, 2],
]);
const logged = dense([
  [0, 1.5, 0.2],
  [3.1, 0, 0],
  [0, 0.7, 2],
]);
const exact = dense([
  [0, Math.log1p(75), Math.log1p(25)],
  [Math.log1p(100), 0, 0],
  [0, 0, Math.log1p(100)],
]);
const tpm = dense([
  [0, 250.5, 3],
  [90.25, 0, 0],
  [0, 0, 1],
]);
const scaled = dense([
  [-1, 0.5, 2],
  [0.1, -0.2, 0],
  [1, 1, 1],
]);
const broken = dense([
  [1, Number.NaN, 2],
  [0, 0, 0],
  [1, 1, 1],
]);
const overlarge = dense([
  [1, 2, 0],
  [0, 1e38, 3],
]);
const zeros = dense([[0, 0, 0]]);

describe('describeMatrix', () => {
  it('tells kinds of values apart', () => {
    const kinds = [counts, logged, tpm, scaled, overlarge, broken, zeros].map(
      (matrix) => describeMatrix(matrix).kind,
    );
    assert.deepEqual(kinds, [
      'counts',
      'lognormalised',
      'normalised',
      'scaled',
      'overlarge',
      'broken',
      'empty',
    ]);
    const kindUpTo = (most: number) => describeMatrix(dense([[1, most]])).kind;
    assert.deepEqual([2 ** 24, 2 ** 24 + 2].map(kindUpTo), ['counts', 'overlarge']);
  });

  it('gives range, zeros and the total that cells were scaled to', () => {
    const { min, max, zeroShare, integer, commonTotal } = describeMatrix(counts);
    assert.deepEqual(
      { min, max, zeroShare, integer, commonTotal },
      { min: 0, max: 7, zeroShare: 1 - 4 / 9, integer: true, commonTotal: null },
    );
    assert.ok(Math.abs(describeMatrix(exact).commonTotal! - 100) < 1e-3);
    assert.equal(describeMatrix(logged).commonTotal, null);
    assert.equal(describeMatrix(broken).nonFinite, 1);
  });
});

describe('chooseMatrix', () => {
  const chosen = async (matrices: Record<string, DenseMatrix>, layer?: string) =>
    (await chooseMatrix(fileWith(matrices), layer === undefined ? {} : { layer })).name;

  it('prefers counts, then logarithms, then other normalised values', async () => {
    const all = { X: logged, 'layers/spliced': counts, 'layers/counts': counts, 'raw/X': counts };
    assert.equal(await chosen({ ...all, X: counts }), 'X');
    assert.equal(await chosen(all), 'layers/counts');
    assert.equal(await chosen({ X: logged, 'layers/spliced': counts, 'raw/X': counts }), 'raw/X');
    assert.equal(await chosen({ X: logged, 'layers/spliced': counts }), 'layers/spliced');
    assert.equal(await chosen({ X: scaled, 'layers/log': logged, 'raw/X': logged }), 'raw/X');
    assert.equal(await chosen({ X: tpm, 'layers/log': logged }), 'layers/log');
    assert.equal(await chosen({ X: tpm, 'layers/scaled': scaled }), 'X');
  });

  it('takes the layer that was asked for', async () => {
    const all = { X: counts, 'layers/log': logged, 'raw/X': counts };
    assert.equal(await chosen(all, 'log'), 'layers/log');
    assert.equal(await chosen(all, 'layers/log'), 'layers/log');
    assert.equal(await chosen(all, 'raw'), 'raw/X');
    await assert.rejects(
      chosen(all, 'missing'),
      (error) =>
        error instanceof DataError && /'missing' for --layer. It has X, log, raw/.test(error.message),
    );
  });

  it('says what it found and why', async () => {
    const choice = await chooseMatrix(fileWith({ X: exact, 'layers/scaled': scaled }));
    assert.equal(
      choice.reason,
      'X holds log-normalised values: ln(1 + x), with x adding up to 100 in every cell; no matrix holds counts.',
    );
  });

  it('looks at the first, middle and last cells of a long matrix', async () => {
    const rows = Array.from({ length: 1000 }, () => [1, 0]);
    assert.match((await chooseMatrix(fileWith({ X: dense(rows) }))).reason, /judging by 384 of 1000 cells/);
    for (const row of [0, 500, 999]) {
      const odd = rows.map((values, i) => (i === row ? [-1, 0] : values));
      await assert.rejects(chooseMatrix(fileWith({ X: dense(odd) })), DataError);
    }
  });

  it('refuses files without a usable matrix, with the remedy', async () => {
    for (const matrix of [scaled, broken, zeros]) {
      await assert.rejects(
        chosen({ X: matrix }),
        (error: DataError) => error instanceof DataError && /--layer/.test(error.message),
      );
      await assert.rejects(chosen({ X: counts, 'layers/bad': matrix }, 'bad'), DataError);
    }
    await assert.rejects(
      chosen({ X: overlarge }),
      /no matrix to learn from: X holds whole numbers up to 1e\+38, too large to be counts\. Counts or/,
    );
    await assert.rejects(chosen({}), /no expression matrix/);
    await assert.rejects(
      chosen({ X: { format: 'dense', rows: 0, cols: 3, data: new Float32Array(0) } }),
      /no cells/,
    );
  });
});

describe('checkMatrix', () => {
  it('accepts what was expected and refuses anything else', () => {
    assert.equal(checkMatrix(counts, 'X', 'counts').max, 7);
    for (const matrix of [logged, scaled, overlarge, broken, zeros]) {
      assert.throws(() => checkMatrix(matrix, 'X', 'counts'), DataError);
    }
  });
});

describe('real files', () => {
  const expected: [string, string, string][] = [
    ['data/paul15_native.h5ad', 'X', 'counts'],
    ['data/human_kidney_2k.h5ad', 'X', 'counts'],
    ['data/pbmc3k_lognorm.h5ad', 'X', 'lognormalised'],
    ['data/pbmc68k_reduced_native.h5ad', 'raw/X', 'lognormalised'],
    ['data/wot_reprogramming_native.h5ad', 'X', 'lognormalised'],
    ['fixtures/r_scimilarity_1000x1000.h5ad', 'layers/counts', 'counts'],
    ['fixtures/r_scvelo_pancreas_50x27998.h5ad', 'X', 'counts'],
    ['fixtures/r_omnideconv_tpm_100x1000.h5ad', 'X', 'normalised'],
    ['fixtures/r_scanpy_old_rawX_2956genes.h5ad', 'raw/X', 'lognormalised'],
    ['fixtures/d_csc_uint16.h5ad', 'X', 'counts'],
    ['fixtures/d_csr_unsorted_indices_dups.h5ad', 'X', 'counts'],
  ];
  for (const [name, matrix, kind] of expected) {
    it(`chooses ${matrix} (${kind}) of ${name}`, async (t) => {
      const path = sharedFile(t, name);
      if (path === null) return;
      await withH5ad(path, async (file) => {
        const choice = await chooseMatrix(file);
        assert.deepEqual([choice.name, choice.kind], [matrix, kind]);
        checkMatrix(await file.readMatrix(choice.name), choice.name, choice.kind);
      });
    });
  }

  for (const name of [
    'd_scaled_only_negative',
    'd_all_zero',
    'd_zero_cells',
    'r_scanpy_allzero_X',
    'r_soma_x_empty',
    'r_anndata_v0.11.4',
  ]) {
    it(`refuses ${name}`, async (t) => {
      const path = sharedFile(t, `fixtures/${name}.h5ad`);
      if (path === null) return;
      await withH5ad(path, (file) => assert.rejects(chooseMatrix(file), DataError));
    });
  }
});
