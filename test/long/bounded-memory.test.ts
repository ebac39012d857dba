import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CategoricalColumn, CsrMatrix } from '../../src/io/anndata.js';
import { type RowBlock, writeH5adInBlocks } from '../../src/io/write.js';
import { stream } from '../../src/random/stream.js';
import { projectRoot } from '../shared.js';

const GENES = 400;
const STORED = 300;
const BLOCK = 2_000;
/** Below twenty thousand cells memory still grows to what a block needs; the values of the difference take 190 MB, packed 90 MB. */
const [FEW, MANY] = [20_000, 100_000];
/**
 * What a cell may cost beside its values: 130 to 240 bytes (docs/scale.md), and several times as much for what a process has not given
 * back yet. Its values would be 2,400 more. `evaluate` holds several series of the training cells.
 */
const MOST_BYTES: Readonly<Record<string, number>> = {
  ...{ inspect: 1200, split: 1200, train: 1200, generate: 1200, evaluate: 2000 },
};

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
after(() => rmSync(folder, { recursive: true }));
const placeOf = (cells: number) => join(folder, String(cells));

before(async () => {
  for (const cells of [FEW, MANY]) {
    mkdirSync(placeOf(cells));
    await writeCells(join(placeOf(cells), 'data.h5ad'), cells);
    await writeCells(join(placeOf(cells), 'few.h5ad'), 30);
  }
});

/** The first cells of one endless file: a block of them again and again. */
async function writeCells(path: string, cells: number): Promise<void> {
  const index = Array.from({ length: cells }, (_, cell) => `cell${cell}`);
  const codes = Int32Array.from(index, (_, cell) => cell % 3);
  const type: CategoricalColumn = {
    ...{ kind: 'categorical', categories: ['B', 'NK', 'T'], codes, ordered: false },
  };
  const annotation = {
    obs: { index, columns: new Map([['cell_type', type]]) },
    var: { index: Array.from({ length: GENES }, (_, gene) => `gene${gene}`), columns: new Map() },
  };
  await writeH5adInBlocks(path, annotation, blocksOf(cells), { compression: 'none' });
}

function* blocksOf(cells: number): Generator<RowBlock> {
  const whole = blockOf(Math.min(BLOCK, cells));
  for (let start = 0; start < cells; start += whole.rows) yield { X: whole };
}

/** Every cell has counts of as many genes, in a row from a place of its own on. */
function blockOf(rows: number): CsrMatrix {
  const [indices, data] = [new Int32Array(rows * STORED), new Float32Array(rows * STORED)];
  for (let row = 0; row < rows; row++) {
    const random = stream(1, 'cells', row);
    const first = random.integer(GENES - STORED + 1);
    for (let i = 0; i < STORED; i++) {
      indices[row * STORED + i] = first + i;
      data[row * STORED + i] = 1 + random.poisson((first + i) % 3 === row % 3 ? 3 : 1);
    }
  }
  const indptr = Float64Array.from({ length: rows + 1 }, (_, row) => row * STORED);
  return { format: 'csr', rows, cols: GENES, indptr, indices, data };
}

function peakOf(task: string, cells: number): number {
  const child = join(projectRoot, 'build', 'test', 'long', 'task-on-disk.js');
  return Number(execFileSync(process.execPath, [child, task, placeOf(cells), String(cells)]));
}

for (const [task, most] of Object.entries(MOST_BYTES)) {
  test(`five times the cells need little more memory: ${task}`, (t) => {
    const [few, many] = [FEW, MANY].map((cells) => peakOf(task, cells));
    const growth = `${Math.round((many - few) / (MANY - FEW))} bytes a cell more`;
    t.diagnostic(`${Math.round(few / 1e6)} MB, ${Math.round(many / 1e6)} MB: ${growth}`);
    assert.ok(many - few < (MANY - FEW) * most, growth);
  });
}
