import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { benjaminiHochberg, enrichedSets, parseGeneSets, upperTail } from '../../src/explain/gene-sets.js';
import { assertAllClose, assertClose } from '../metrics/close.js';

test('the hypergeometric tail is that of SciPy', () => {
  // scipy.stats.hypergeom.sf(found - 1, total, size, drawn), SciPy 1.10
  assertClose(upperTail(5, 60, 50, 2000), 0.015434947384998357, 1e-9);
  assertClose(upperTail(1, 60, 50, 2000), 0.7860958318482393, 1e-9);
  assert.ok(Math.abs(upperTail(12, 20, 40, 300) / 3.7090782533930856e-7 - 1) < 1e-7);
  assert.equal(upperTail(0, 60, 50, 2000), 1);
});

test('q-values are those of Benjamini and Hochberg', () => {
  assertAllClose(
    benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.6, 0.04]),
    [0.03, 0.048, 0.048, 0.03, 0.6, 0.048],
    1e-12,
  );
});

test('a planted set comes first, whatever the case of its genes', () => {
  const genes = Array.from({ length: 200 }, (_, i) => `Gene${i}`);
  const text = `ERYTHROID\tabout\t${genes
    .slice(0, 10)
    .map((gene) => gene.toUpperCase())
    .join('\t')}\nOTHER\t\t${genes.slice(50, 90).join('\t')}\nTINY\t\tGene1\n`;
  const sets = parseGeneSets(text, 'sets.gmt');
  assert.equal(sets.length, 3);
  const [first, second] = enrichedSets(sets, genes, [genes.slice(0, 12), genes.slice(100, 120)]);
  assert.equal(first[0].set, 'ERYTHROID');
  assert.equal(first[0].found.length, 10);
  assert.ok(first[0].q < 1e-8 && first[0].q >= first[0].p);
  assert.deepEqual(second, []);
});

test('what is no .gmt file is refused', () => {
  assert.throws(
    () => parseGeneSets('{"a": 1}', 'x.gmt'),
    (error) => error instanceof FileError && /line 1/.test(error.message),
  );
  assert.throws(() => parseGeneSets('\n\n', 'x.gmt'), FileError);
});
