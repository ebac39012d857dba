import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { cellRangerScores } from '../../src/counts/hvg/cell-ranger.js';
import { selectHighlyVariableGenes } from '../../src/counts/hvg/select-genes.js';
import { seuratV3Scores } from '../../src/counts/hvg/seurat-v3.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../../src/counts/library-size.js';
import { OptionError } from '../../src/errors.js';
import { projectRoot } from '../shared.js';

interface Reference {
  cells: number;
  genes: number;
  counts: number[];
  seurat_v3: (number | null)[];
  cell_ranger: (number | null)[];
}

const reference: Reference = JSON.parse(
  readFileSync(join(projectRoot, 'test/counts/reference/hvg.json'), 'utf8'),
);
const { cells, genes } = reference;
const counts = toCsr({
  format: 'dense',
  rows: cells,
  cols: genes,
  data: Float64Array.from(reference.counts),
});
const totals = librarySizes(counts);
const normalised = normaliseTotal(counts, medianLibrarySize(totals), totals);

function assertScores(ours: Float64Array, expected: (number | null)[], tolerance: number): void {
  expected.forEach((score, gene) => {
    if (score === null) assert.equal(ours[gene], -Infinity, `gene ${gene}`);
    else
      assert.ok(
        Math.abs(ours[gene] - score) <= tolerance * (1 + Math.abs(score)),
        `gene ${gene}: ${ours[gene]} for ${score}`,
      );
  });
}

function topGenes(scores: (number | null)[], count: number): number[] {
  const order = scores.map((score, gene) => ({ score: score ?? -Infinity, gene }));
  order.sort((a, b) => b.score - a.score);
  return order
    .slice(0, count)
    .map(({ gene }) => gene)
    .sort((a, b) => a - b);
}

describe('highly variable genes', () => {
  it('have the Seurat v3 scores of a plain implementation with R loess', () => {
    assertScores(seuratV3Scores(counts), reference.seurat_v3, 1e-8);
  });

  it('have the cell-ranger scores of a plain implementation', () => {
    assertScores(cellRangerScores(normalised), reference.cell_ranger, 1e-5);
  });

  it('are the best by either flavour, in file order', () => {
    for (const flavour of ['seurat_v3', 'cell_ranger'] as const) {
      const chosen = Array.from(selectHighlyVariableGenes(counts, 'counts', flavour, 40));
      assert.deepEqual(chosen, topGenes(reference[flavour], 40));
    }
  });

  it('are the same from log-normalised values by cell_ranger', () => {
    const chosen = selectHighlyVariableGenes(log1p(normalised), 'lognormalised', 'cell_ranger', 40);
    assert.deepEqual(Array.from(chosen), topGenes(reference.cell_ranger, 40));
  });

  it('never include a gene without counts', () => {
    const all = selectHighlyVariableGenes(counts, 'counts', 'seurat_v3', 1000);
    assert.equal(all.length, genes - 1);
    assert.ok(!all.includes(10));
    const almost = selectHighlyVariableGenes(counts, 'counts', 'seurat_v3', genes - 2);
    assert.ok(!almost.includes(20), 'the gene that does not vary comes last');
  });

  it('refuse seurat_v3 without counts and a count below one', () => {
    const choose = (kind: 'counts' | 'lognormalised', count: number) => () =>
      selectHighlyVariableGenes(normalised, kind, 'seurat_v3', count);
    assert.throws(choose('lognormalised', 10), { name: 'OptionError', message: /seurat_v3.*cell_ranger/s });
    assert.throws(choose('counts', 0), OptionError);
  });
});
