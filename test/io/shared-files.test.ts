import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { withH5ad } from '../../src/io/h5ad-file.js';
import { sharedFile } from '../shared.js';
import { expectedFiles } from './expected-files.js';

/** Compressed with lzf, which h5wasm reads by h5wasm-plugins alone. */
const lzfFiles = ['fixtures/r_anndata_v0.7.0.h5ad', 'fixtures/r_scvi_pbmc10k_cite_200.h5ad'];
const canReadLzf = isInstalled('h5wasm-plugins');

for (const expected of expectedFiles) {
  test(`${expected.file} is read as h5py and anndata read it`, async (t) => {
    const path = sharedFile(t, expected.file);
    if (path === null) return;
    if ('refused' in expected) return assertRefused(path, expected.refused);
    if (lzfFiles.includes(expected.file) && !canReadLzf) return assertRefused(path, /filter lzf/);
    await withH5ad(path, async (file) => {
      assert.deepEqual([file.shape.cells, file.shape.genes], expected.shape);
      const infos = file.matrices();
      const found = infos.map(({ name, storage, dtype, storedValues }) => [
        name,
        storage,
        dtype,
        String(storedValues),
      ]);
      const stated = expected.matrices.map((line) => line.split(' '));
      assert.deepEqual(
        found,
        stated.map((parts) => parts.slice(0, 4)),
      );
      for (const [i, { name, rows }] of infos.entries()) {
        const whole = await file.readMatrix(name);
        const sum = total(whole.data);
        assertClose(sum, Number(stated[i]?.[4]), name);
        const middle = Math.floor(rows / 2);
        const halves = [await file.readRows(name, 0, middle), await file.readRows(name, middle, rows)];
        assertClose(total(halves[0]!.data) + total(halves[1]!.data), sum, `${name} in two halves`);
        if (whole.format === 'csr') assertCanonical(whole.indptr, whole.indices, whole.cols);
      }
      for (const [name, count] of Object.entries(expected.labels)) {
        const column = file.obs.columns.get(name);
        assert.ok(column?.kind === 'categorical', `${name} is categorical`);
        assert.equal(column.categories.length, count, name);
      }
      assert.equal(new Set(file.obs.index).size, file.shape.cells);
      assert.equal(new Set(file.var.index).size, file.shape.genes);
      for (const matrix of (await file.readObsm()).values()) assert.equal(matrix.rows, file.shape.cells);
      for (const matrix of (await file.readVarm()).values()) assert.equal(matrix.rows, file.shape.genes);
      await file.readUns();
    });
  });
}

test('repeated gene names are made unique, and that is said', async (t) => {
  const path = sharedFile(t, 'fixtures/r_duckdb_dup_var.h5ad');
  if (path === null) return;
  await withH5ad(path, (file) => assert.match(file.warnings.join(), /var: 3 names occurred more than once/));
});

async function assertRefused(path: string, words: RegExp): Promise<void> {
  await assert.rejects(
    withH5ad(path, async (file) => {
      for (const { name } of file.matrices()) await file.readMatrix(name);
    }),
    (error) => error instanceof FileError && words.test(error.message) && error.message.length < 400,
  );
}

function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 2e-5 * Math.abs(expected) + 1e-9,
    `${what}: ${actual} is not ${expected}`,
  );
}

function assertCanonical(indptr: Float64Array, indices: Int32Array, cols: number): void {
  for (let row = 0; row + 1 < indptr.length; row++) {
    let previous = -1;
    for (let k = indptr[row]!; k < indptr[row + 1]!; k++) {
      if (indices[k]! <= previous || indices[k]! >= cols)
        assert.fail(`row ${row} has the index ${indices[k]}`);
      previous = indices[k]!;
    }
  }
}

function total(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
