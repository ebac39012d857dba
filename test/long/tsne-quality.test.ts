import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseMatrix } from '../../src/counts/choose-matrix.js';
import { toCsr } from '../../src/counts/csr.js';
import { expressionComponents, logNormalise } from '../../src/embedding/components.js';
import { embedScores } from '../../src/embedding/embed-scores.js';
import { withH5ad } from '../../src/io/h5ad-file.js';
import { nearestNeighbours } from '../../src/metrics/neighbours.js';
import { plane } from '../embedding/clusters.js';
import { sharedFile } from '../shared.js';

/** Share of each cell's 30 nearest on principal components that scikit-learn 1.2's TSNE(init='pca', random_state=0) keeps. */
const keptByScikitLearn = { pbmc3k_lognorm: 0.2931, cite_cbmc_2k: 0.2976 };

for (const [name, theirs] of Object.entries(keptByScikitLearn)) {
  test(`t-SNE of ${name} keeps as many neighbours as scikit-learn's, within 2%`, async (t) => {
    const path = sharedFile(t, `data/${name}.h5ad`);
    if (path === null) return;
    const { matrix, kind } = await withH5ad(path, async (file) => {
      const choice = await chooseMatrix(file);
      return { matrix: toCsr(await file.readMatrix(choice.name)), kind: choice.kind };
    });
    const scores = expressionComponents(matrix, kind, logNormalise(matrix, kind), 0);
    const before = nearestNeighbours(scores, 30);
    const after = nearestNeighbours(plane(await embedScores(scores, { method: 'tsne' })), 30);
    let kept = 0;
    for (let cell = 0; cell < scores.rows; cell++) {
      const near = new Set(before.indices.subarray(30 * cell, 30 * (cell + 1)));
      for (const other of after.indices.subarray(30 * cell, 30 * (cell + 1))) if (near.has(other)) kept++;
    }
    const share = kept / (30 * scores.rows);
    assert.ok(share > 0.98 * theirs, `${share} against ${theirs}`);
  });
}
