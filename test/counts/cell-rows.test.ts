import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  type CellRows,
  cellTotals,
  changeRows,
  chooseRows,
  closeRows,
  type RowChange,
  readCellRows,
  rowBlocks,
  settleRows,
  someRows,
  takeRows,
} from '../../src/counts/cell-rows.js';
import { countMoments } from '../../src/counts/count-moments.js';
import { concatRows, selectRows, toCsr } from '../../src/counts/csr.js';
import { describeMatrix } from '../../src/counts/describe-matrix.js';
import { selectHighlyVariableGenes } from '../../src/counts/hvg/select-genes.js';
import { fitPreprocessing, withLibrarySizes } from '../../src/counts/preprocessing.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { stream } from '../../src/random/stream.js';
import { temporaryFolder } from '../temporary-folder.js';

const rows = 2500;
const genes = 30;

/** More rows than a block, with empty ones among them. */
const counts: CsrMatrix = (() => {
  const random = stream(1, 'cell rows');
  const data = Float32Array.from({ length: rows * genes }, (_, at) =>
    Math.floor(at / genes) % 97 === 0 ? 0 : random.poisson(0.2 + (at % genes) / 10),
  );
  return toCsr({ format: 'dense', rows, cols: genes, data });
})();

function sourceOf(matrix: CsrMatrix, storage: 'csr' | 'csc' | 'dense') {
  const info = { name: 'X', rows: matrix.rows, cols: matrix.cols, storage };
  return {
    matrices: () => [{ ...info, storedValues: matrix.data.length }],
    readMatrix: async () => matrix,
    readRows: async (_name: string, start: number, end: number) =>
      selectRows(
        matrix,
        Array.from({ length: end - start }, (_, i) => start + i),
      ),
  };
}

async function onDisk(t: TestContext, matrix: CsrMatrix): Promise<CellRows> {
  const cells = await readCellRows(sourceOf(matrix, 'csr'), 'X', join(temporaryFolder(t), 'run'), 0, ignored);
  t.after(() => closeRows(cells));
  assert.equal(cells.format, 'packed');
  return cells;
}

const ignored = (): void => undefined;

const whole = (cells: CellRows): CsrMatrix => concatRows([...rowBlocks(cells)], cells.cols);

test('a small matrix stays in memory, a large one lies on the disk with the same rows', async (t) => {
  for (const storage of ['csr', 'csc', 'dense'] as const) {
    let seen = 0;
    const look = (block: CsrMatrix) => {
      seen += block.rows;
    };
    const read = (most: number) =>
      readCellRows(sourceOf(counts, storage), 'X', join(temporaryFolder(t), 'run'), most, look);
    assert.equal((await read(counts.data.length)).format, 'csr');
    const cells = await read(counts.data.length - 1);
    t.after(() => closeRows(cells));
    assert.equal(cells.format, 'packed');
    assert.deepEqual(whole(cells), counts);
    assert.equal(seen, 2 * rows);
  }
});

test('an interruption is heard between blocks', async (t) => {
  const controller = new AbortController();
  controller.abort(new Error('stop'));
  const owner = join(temporaryFolder(t), 'run');
  await assert.rejects(
    readCellRows(sourceOf(counts, 'csr'), 'X', owner, 0, ignored, controller.signal),
    /stop/,
  );
});

test('rows that are chosen and changed are the same from the disk as in memory', async (t) => {
  const disk = await onDisk(t, counts);
  const some = Int32Array.from({ length: 1700 }, (_, i) => (i * 7) % rows);
  const changes: RowChange[][] = [
    [],
    [{ kind: 'columns', columns: [3, 1, 20] }],
    [{ kind: 'total', target: 12 }, { kind: 'log1p' }],
    [
      { kind: 'expm1' },
      { kind: 'columns', columns: [0, 29] },
      { kind: 'total', target: 3 },
      { kind: 'log1p' },
    ],
  ];
  for (const change of changes) {
    const [here, there] = [counts, disk].map((cells) => changeRows(chooseRows(cells, some), change));
    assert.deepEqual(whole(there), here);
    assert.deepEqual([there.rows, there.cols], [here.rows, here.cols]);
    assert.deepEqual(takeRows(there, [9, 3, 1600]), takeRows(here, [9, 3, 1600]));
    const settled = await settleRows(there, join(temporaryFolder(t), 'run'));
    t.after(() => settled !== there && closeRows(settled));
    assert.deepEqual(whole(settled), here);
  }
});

describe('what is learned of cells is the same to the bit from the disk', () => {
  test('descriptions, totals, variable genes', async (t) => {
    const disk = await onDisk(t, counts);
    assert.deepEqual(describeMatrix(disk), describeMatrix(counts));
    assert.deepEqual(cellTotals(disk), cellTotals(counts));
    for (const flavour of ['seurat_v3', 'cell_ranger'] as const) {
      const [here, there] = [counts, disk].map((cells) =>
        selectHighlyVariableGenes(cells, 'counts', flavour, 11),
      );
      assert.deepEqual(there, here);
    }
  });

  test('preprocessing with its scaling, and the moments that a readout starts from', async (t) => {
    const disk = await onDisk(t, counts);
    const names = Array.from({ length: genes }, (_, gene) => `gene${gene}`);
    const options = {
      genes: 12,
      flavour: 'seurat_v3',
      kind: 'counts',
      layerName: 'X',
      scaling: 'zscore',
    } as const;
    const [here, there] = [counts, disk].map((cells) => fitPreprocessing(cells, names, options));
    assert.deepEqual(there, here);
    const [own, stored] = [counts, disk].map((cells) => countMoments(withLibrarySizes(here, cells)));
    assert.deepEqual(stored, own);
  });
});

test('some rows are drawn by the seed and stand in order; few are all taken', () => {
  const drawn = someRows(rows, 100, 3);
  assert.equal(new Set(drawn.rows).size, 100);
  assert.deepEqual(drawn.rows, drawn.rows.slice().sort());
  assert.deepEqual(drawn.of(counts), selectRows(counts, drawn.rows));
  assert.notDeepEqual(someRows(rows, 100, 4).rows, drawn.rows);
  assert.equal(someRows(rows, rows, 3).of(counts), counts);
});
