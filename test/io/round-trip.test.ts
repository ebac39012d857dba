import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError, FileError } from '../../src/errors.js';
import type { AnnData, CsrMatrix, DataFrame, Matrix, UnsValue } from '../../src/io/anndata.js';
import { withH5ad } from '../../src/io/h5ad-file.js';
import { readH5ad } from '../../src/io/read.js';
import { type RowBlock, writeH5ad, writeH5adInBlocks } from '../../src/io/write.js';
import { temporaryFolder } from '../temporary-folder.js';
import { anyAnnData } from './arbitrary-anndata.js';

test('what is written is read back', async (t) => {
  const folder = temporaryFolder(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      anyAnnData,
      fc.constantFrom('gzip' as const, 'none' as const),
      async (adata, compression) => {
        const path = join(folder, `${run++}.h5ad`);
        await writeH5ad(path, adata, { compression });
        assert.deepEqual(comparable(await readH5ad(path)), comparable(adata));
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test('blocks of rows give the file that the whole gives', async (t) => {
  const folder = temporaryFolder(t);
  const [rows, cols] = [70_000, 5];
  const whole = diagonal(rows, cols, 0);
  const frame = names('cell', rows);
  const blocks: RowBlock[] = [];
  for (let start = 0; start < rows; start += 9_999) {
    blocks.push({ X: diagonal(Math.min(9_999, rows - start), cols, start) });
  }
  const path = join(folder, 'blocks.h5ad');
  await writeH5adInBlocks(path, { obs: frame, var: names('gene', cols) }, blocks);
  await withH5ad(path, async (file) => {
    assert.deepEqual(await file.readMatrix('X'), whole);
    assert.deepEqual(await file.readRows('X', 65_530, 65_540), diagonal(10, cols, 65_530));
    await assert.rejects(file.readRows('X', 0, rows + 1), RangeError);
    await assert.rejects(file.readMatrix('layers/counts'), /has no matrix layers\/counts. It has X/);
  });
  const short = writeH5adInBlocks(
    join(folder, 'short.h5ad'),
    { obs: frame, var: names('gene', cols) },
    blocks.slice(1),
  );
  await assert.rejects(short, (error) => error instanceof DataError && /obs has 70000/.test(error.message));
});

test('a missing label in a column of text becomes a missing category', async (t) => {
  const path = join(temporaryFolder(t), 'a.h5ad');
  const obs = {
    ...names('cell', 3),
    columns: new Map([['label', { kind: 'string', values: ['b', null, 'a'] }]] as const),
  };
  await writeH5ad(path, { obs, var: names('gene', 1) });
  const column = (await readH5ad(path)).obs.columns.get('label');
  assert.deepEqual(column, {
    kind: 'categorical',
    categories: ['a', 'b'],
    codes: Int32Array.of(1, -1, 0),
    ordered: false,
  });
});

test('an existing file is kept unless forced, and no failure leaves anything behind', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.h5ad');
  writeFileSync(path, 'precious');
  const contents = { obs: names('cell', 2), var: names('gene', 1) };
  await assert.rejects(
    writeH5ad(path, contents),
    (error) => error instanceof FileError && /exists already/.test(error.message),
  );
  const wrong = { ...contents, X: diagonal(3, 1, 0) };
  await assert.rejects(writeH5ad(path, wrong, { force: true }), DataError);
  const twice = { ...contents, obs: { index: ['c', 'c'], columns: new Map() } };
  await assert.rejects(writeH5ad(path, twice, { force: true }), /names that occur more than once/);
  assert.equal(readFileSync(path, 'utf8'), 'precious');
  assert.deepEqual(readdirSync(folder), ['a.h5ad']);
  await writeH5ad(path, contents, { force: true });
  assert.deepEqual((await readH5ad(path)).obs.index, contents.obs.index);
});

test('columns that would lie in one another, or have no name at some level, are refused', async (t) => {
  const folder = temporaryFolder(t);
  const column = { kind: 'boolean', values: [true, false] } as const;
  for (const refused of [
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['_index'],
    ['_index/a'],
    ['/a'],
    ['a//b'],
    ['a/.'],
    [''],
  ]) {
    const obs = { ...names('cell', 2), columns: new Map(refused.map((name) => [name, column])) };
    const writing = writeH5ad(join(folder, 'a.h5ad'), { obs, var: names('gene', 1) });
    await assert.rejects(writing, DataError, refused.join(' and '));
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('a missing folder is named in one sentence', async (t) => {
  const folder = temporaryFolder(t);
  const contents = { obs: names('cell', 2), var: names('gene', 1) };
  await assert.rejects(writeH5ad(join(folder, 'no', 'a.h5ad'), contents), /the folder .* does not exist/);
});

function names(stem: string, count: number): DataFrame {
  return { index: Array.from({ length: count }, (_, i) => `${stem}${i}`), columns: new Map() };
}

/** Row `start + i` holds its number plus one in one column. */
function diagonal(rows: number, cols: number, start: number): CsrMatrix {
  return {
    format: 'csr',
    rows,
    cols,
    indptr: Float64Array.from({ length: rows + 1 }, (_, i) => i),
    indices: Int32Array.from({ length: rows }, (_, i) => (start + i) % cols),
    data: Float32Array.from({ length: rows }, (_, i) => start + i + 1),
  };
}

/** Maps as sorted entries, since HDF5 lists names in its own order; columns keep theirs. */
function comparable(adata: AnnData): unknown {
  return {
    ...adata,
    obs: frameEntries(adata.obs),
    var: frameEntries(adata.var),
    layers: sorted(adata.layers),
    obsm: sorted(adata.obsm),
    varm: sorted(adata.varm),
    obsp: sorted(adata.obsp),
    varp: sorted(adata.varp),
    raw: adata.raw && { X: adata.raw.X, var: frameEntries(adata.raw.var) },
    uns: plain(adata.uns),
  };
}

function frameEntries(frame: DataFrame): unknown {
  return { index: frame.index, columns: [...frame.columns] };
}

function sorted(matrices: ReadonlyMap<string, Matrix>): unknown {
  return [...matrices].sort(([a], [b]) => (a < b ? -1 : 1));
}

function plain(value: UnsValue): unknown {
  if (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, child]) => [key, plain(child)]);
}

test('a name that leaves room for what is unfinished beside it is written', async (t) => {
  const path = join(temporaryFolder(t), `${'x'.repeat(200)}.h5ad`);
  await writeH5ad(path, { obs: names('cell', 2), var: names('gene', 1) });
  assert.equal((await readH5ad(path)).obs.index.length, 2);
});
