import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { embedJointly, type JointSide } from '../../src/embedding/joint.js';
import { DataError } from '../../src/errors.js';
import type { DenseMatrix } from '../../src/io/anndata.js';
import { clusters, neighbourShare } from './clusters.js';

const labels = ['a', 'b', 'c'];
const side = (matrix: DenseMatrix): JointSide => ({
  values: toCsr(matrix),
  codes: Int32Array.from({ length: matrix.rows }, (_, row) => (row === 0 ? -1 : row % 3)),
});

test('equal numbers of both sides, shuffled, each cell with its place in its file and its label', async () => {
  const [real, generated] = [side(clusters(150, 3, 6)), side(clusters(400, 3, 6))];
  const joint = await embedJointly(real, generated, labels, { method: 'pca', seed: 5 });
  const ofGenerated = joint.isGenerated.reduce((sum, flag) => sum + flag, 0);
  assert.deepEqual([joint.isGenerated.length, ofGenerated], [300, 150]);
  const early = joint.isGenerated.subarray(0, 150).reduce((sum, flag) => sum + flag, 0);
  assert.ok(early > 50 && early < 100, String(early));
  const seen = new Set(joint.rows.map((row, i) => row * 2 + joint.isGenerated[i]));
  assert.equal(seen.size, 300);
  joint.rows.forEach((row, i) => {
    assert.equal(joint.codes[i], (joint.isGenerated[i] ? generated : real).codes[row]);
  });
  assert.ok(neighbourShare(joint.coordinates, (a, b) => joint.rows[a] % 3 === joint.rows[b] % 3) > 0.95);
  assert.deepEqual(await embedJointly(real, generated, labels, { method: 'pca', seed: 5 }), joint);
});

test('sides of the same cells lie on each other by t-SNE, and mostCells bounds both', async () => {
  const one = side(clusters(300, 3, 6));
  const joint = await embedJointly(one, one, labels, { method: 'tsne', mostCells: 200 });
  assert.equal(joint.rows.length, 400);
  const own = neighbourShare(joint.coordinates, (a, b) => joint.isGenerated[a] === joint.isGenerated[b]);
  assert.ok(own > 0.3 && own < 0.55, String(own));
});

test('other genes are refused', async () => {
  const other = { ...clusters(50, 1, 0), rows: 100, cols: 5 };
  await assert.rejects(
    embedJointly(side(clusters(50, 1, 0)), side(other), labels, { method: 'pca' }),
    DataError,
  );
});
