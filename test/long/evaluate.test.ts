import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import type { AnnData, CsrMatrix } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { evaluate } from '../../src/model/evaluate.js';
import { subsetCells } from '../../src/model/subset-cells.js';
import { stream } from '../../src/random/stream.js';
import { projectRoot, sharedFile } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Debian's python3-anndata and python3-sklearn belong to this one. */
const python = process.env.CELLCRATE_PYTHON ?? '/usr/bin/python3';
const hasPython = spawnSync(python, ['-c', 'import anndata, sklearn']).status === 0;
const skip = hasPython ? false : `needs anndata and scikit-learn for ${python}`;

/** Each value finds another place in its gene with this probability, so that all figures have something to find. */
function disturbed(counts: CsrMatrix, share: number): CsrMatrix {
  const data = counts.data.slice();
  const columns = Array.from({ length: counts.cols }, (): number[] => []);
  counts.indices.forEach((gene, at) => {
    columns[gene].push(at);
  });
  columns.forEach((places, gene) => {
    const draws = stream(5, 'disturbed gene', gene);
    const moved = places.filter(() => draws.uniform() < share);
    const targets = draws.shuffle(Int32Array.from(moved));
    moved.forEach((place, i) => {
      data[targets[i]] = 1 + Math.floor(counts.data[place] / 2);
    });
  });
  return { ...counts, data };
}

test('evaluate agrees with NumPy, SciPy and scikit-learn on the same files', { skip }, async (t) => {
  const path = sharedFile(t, 'data/cite_cbmc_2k.h5ad');
  if (path === null) return;
  const folder = temporaryFolder(t);
  const [real, generated] = ['real', 'generated'].map((name) => join(folder, `${name}.h5ad`));
  const all = await readH5ad(path);
  const half = (parity: number): AnnData => {
    const rows = Int32Array.from({ length: 900 }, (_, i) => 2 * i + parity);
    const cells = subsetCells(all, rows);
    return {
      ...cells,
      X: toCsr(cells.layers.get('counts') ?? cells.X!),
      layers: new Map(),
      obsm: new Map(),
      raw: null,
    };
  };
  await writeH5ad(real, half(0));
  const other = half(1);
  await writeH5ad(generated, { ...other, X: disturbed(other.X as CsrMatrix, 0.6) });
  const script = join(projectRoot, 'test', 'long', 'evaluate.py');
  const { status, stdout, stderr } = spawnSync(python, [script, real, generated], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const theirs: Record<string, number> = JSON.parse(stdout);
  const { figures } = await evaluate({ real, generated, threads: 1 });
  for (const [key, value] of Object.entries(theirs)) {
    const { generated: ours } = figures.find((figure) => figure.key === key)!;
    const isRandom = key.startsWith('rf_');
    const [low, high] = isRandom ? ours.interval! : [ours.value - 1e-3, ours.value + 1e-3];
    assert.ok(low <= value && value <= high, `${key}: ${ours.value}, scikit-learn ${value}`);
    assert.equal(ours.n, 900);
  }
});
