import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { simulate } from '../../scripts/simulate-cells.js';
import { selectRows, toCsr } from '../../src/counts/csr.js';
import { describeMatrix } from '../../src/counts/describe-matrix.js';
import { selectHighlyVariableGenes } from '../../src/counts/hvg/select-genes.js';
import { librarySizes } from '../../src/counts/library-size.js';
import type { AnnData, CategoricalColumn, CsrMatrix, NumericColumn } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5adInBlocks } from '../../src/io/write.js';
import { projectRoot } from '../shared.js';

function drawAll(cells: number, genes: number, seed: number): CsrMatrix {
  const [block, ...others] = [...simulate(cells, genes, seed).blocks];
  assert.equal(others.length, 0);
  return block.X;
}

function categorical(data: AnnData, frame: 'obs' | 'var', name: string): CategoricalColumn {
  const column = data[frame].columns.get(name);
  assert.ok(column?.kind === 'categorical');
  return column;
}

describe('simulate', () => {
  it('draws the same cells for a seed, however many are asked for', () => {
    const few = drawAll(20, 100, 1);
    const many = drawAll(50, 100, 1);
    assert.deepEqual(
      selectRows(
        many,
        Int32Array.from({ length: 20 }, (_, cell) => cell),
      ),
      few,
    );
    assert.notDeepEqual(drawAll(20, 100, 2), few);
  });

  it('is written in blocks and read back whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
    try {
      const path = join(folder, 'cells.h5ad');
      const { annotation, blocks } = simulate(4200, 50, 3);
      await writeH5adInBlocks(path, annotation, blocks);
      const { X, obs } = await readH5ad(path);
      const counts = obs.columns.get('n_counts') as NumericColumn;
      assert.deepEqual(counts.values, librarySizes(toCsr(X!)));
      assert.ok(counts.values[4199] > 0, 'a cell of the second block');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('data/simulated_small.h5ad', () => {
  const bundled = readH5ad(join(projectRoot, 'data/simulated_small.h5ad'));

  it('is what the simulator makes', async () => {
    assert.deepEqual(toCsr((await bundled).X!), drawAll(2000, 1000, 1));
  });

  it('has sparse counts, all types, two batches and a trajectory', async () => {
    const data = await bundled;
    const { kind, zeroShare } = describeMatrix(data.X!);
    assert.equal(kind, 'counts');
    assert.ok(zeroShare > 0.6 && zeroShare < 0.8, `${zeroShare}`);
    const types = categorical(data, 'obs', 'cell_type');
    const sizes = types.categories.map((_, type) => types.codes.filter((code) => code === type).length);
    assert.equal(sizes.length, 8);
    assert.ok(Math.min(...sizes) >= 10 && Math.min(...sizes) <= 30, 'the rare type');
    assert.equal(new Set(categorical(data, 'obs', 'batch').codes).size, 2);
    const pseudotime = data.obs.columns.get('pseudotime') as NumericColumn;
    const onTrajectory = ['stem', 'progenitor', 'mature'].map((name) => types.categories.indexOf(name));
    pseudotime.values.forEach((time, cell) => {
      assert.equal(Number.isNaN(time), !onTrajectory.includes(types.codes[cell]));
    });
  });

  it('has programmes that gene selection finds', async () => {
    const data = await bundled;
    const programme = categorical(data, 'var', 'programme').codes;
    for (const flavour of ['seurat_v3', 'cell_ranger'] as const) {
      const chosen = selectHighlyVariableGenes(toCsr(data.X!), 'counts', flavour, 240);
      const markers = chosen.filter((gene) => programme[gene] > 0).length;
      // 240 of 1,000 genes are in a programme: chance would find 58.
      assert.ok(markers > 140, `${flavour}: ${markers}`);
    }
  });
});
