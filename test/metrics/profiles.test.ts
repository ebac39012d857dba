import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compressRows, selectRows } from '../../src/counts/csr.js';
import { cellProfile, kolmogorovSmirnov } from '../../src/metrics/cell-profile.js';
import { pearson, spearman } from '../../src/metrics/correlation.js';
import {
  geneCorrelationAgreement,
  geneCorrelations,
  topVariableGenes,
} from '../../src/metrics/gene-correlation.js';
import { geneProfile, profileAgreement } from '../../src/metrics/gene-profile.js';
import { assertAllClose, assertClose } from './close.js';
import { dense, otherCells, realCells, shuffledRows, simulatedCounts, twoSets } from './simulated-cells.js';

const parts = ['mean', 'variance', 'zeros'] as const;

test('gene profiles and their agreement are those of NumPy and SciPy', () => {
  const [real, other] = [geneProfile(realCells), geneProfile(otherCells)];
  const agreement = profileAgreement(real, other);
  for (const part of parts) {
    assertAllClose(real[part], twoSets.profile[part]);
    assertClose(agreement[part].pearson, twoSets.agreement[part].pearson);
    assertClose(agreement[part].spearman, twoSets.agreement[part].spearman, 1e-12);
  }
});

test('the agreement of gene-gene correlations is that of NumPy', () => {
  const genes = topVariableGenes(geneProfile(realCells), 15);
  assertClose(geneCorrelationAgreement(realCells, otherCells, genes), twoSets.geneCorrelationAgreement, 1e-9);
  assertClose(geneCorrelationAgreement(realCells, realCells, genes), 1, 1e-12);
});

test('gene-gene correlations do not depend on the order of the cells, and see the library size that genes share', () => {
  const cells = simulatedCounts(400, 6, 1);
  const genes = [5, 0, 3];
  const value = geneCorrelations(cells, genes);
  assertAllClose(geneCorrelations(selectRows(cells, shuffledRows(400, 1)), genes), value, 1e-12);
  assert.ok(value.every((r) => r > 0.02));
});

test('a gene that is constant correlates with none', () => {
  const cells = compressRows(
    dense([
      [0.1, 1, 0],
      [0.1, 2, 0],
      [0.1, 4, 0],
    ]),
  );
  assert.deepEqual([...geneCorrelations(cells, [0, 1, 2])], [0, 0, 0]);
});

test('the genes that vary most come first, and all of them where there are too few', () => {
  const profile = geneProfile(
    compressRows(
      dense([
        [0, 0, 5, 1],
        [1, 0, -5, 1],
      ]),
    ),
  );
  assert.deepEqual([...topVariableGenes(profile, 2)], [2, 0]);
  assert.deepEqual([...topVariableGenes(profile, 9)], [2, 0, 1, 3]);
});

test('ties share their mean rank', () => {
  // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
  assertClose(spearman([1, 5, 5, 9], [0, 1, 2, 3]), 4.5 / Math.sqrt(4.5 * 5), 1e-12);
  assertClose(spearman([1, 10, 100], [1, 2, 3]), 1, 1e-12);
  assert.ok(pearson([1, 10, 100], [1, 2, 3]) < 0.99);
  assert.ok(Number.isNaN(pearson([1, 1], [1, 2])));
});

test('cell profiles count what is there, and stored zeros as zeros', () => {
  const cells = {
    ...compressRows(
      dense([
        [1, 2, 0],
        [0, 3, 4],
      ]),
    ),
  };
  assert.deepEqual(cellProfile(cells, 'counts'), {
    librarySize: Float32Array.of(3, 7),
    genesPerCell: Float32Array.of(2, 2),
  });
  const withZero = { ...cells, data: Float32Array.of(1, 0, 3, 4) };
  assert.deepEqual([...cellProfile(withZero, 'counts').genesPerCell], [1, 2]);
  assert.equal(geneProfile(withZero).zeros[1], 0.5);
  assert.equal(cellProfile(cells, 'log-normalised').librarySize, null);
});

test('the Kolmogorov-Smirnov statistic is that of SciPy, symmetric, 0 of equal sets and 1 of disjoint ones', () => {
  const [a, b] = [realCells, otherCells].map((cells) => cellProfile(cells, 'log-normalised').genesPerCell);
  assertClose(kolmogorovSmirnov(a, b), twoSets.kolmogorovSmirnov, 1e-12);
  assertClose(kolmogorovSmirnov(b, a), twoSets.kolmogorovSmirnov, 1e-12);
  assert.equal(kolmogorovSmirnov([3, 1, 1, 2], [1, 2, 3, 1]), 0);
  assert.equal(kolmogorovSmirnov([1, 2], [3, 4, 5]), 1);
});
