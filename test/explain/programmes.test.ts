import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeShift, measureShift, targetGenes } from '../../src/explain/dose.js';
import { columnOf, geneProgrammes, type LinearReadout } from '../../src/explain/programmes.js';
import { coherenceOf, liveAtoms, usageOf } from '../../src/explain/usage.js';
import { assertAllClose, assertClose } from '../metrics/close.js';

const [genes, atoms] = [30, 4];
const wave = (length: number, of: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * of + of));
const code = [0.4, 0, 1.1, 0.2];
const rowsOfCodes = [code, [0, 0, 0.5, 1], [2, 0, 0, 0.25]];
const codes = Float32Array.from(rowsOfCodes.flat());

const counts: LinearReadout = {
  ...{ kind: 'negative-binomial', raises: true, genes, atoms, targetSum: 500 },
  weights: new Map([
    ['proportions.weight', wave(genes * atoms, 1.3)],
    ['proportions.bias', wave(genes, 0.7)],
  ]),
};
const values: LinearReadout = {
  ...{ kind: 'hurdle', raises: false, genes, atoms, targetSum: null },
  weights: new Map([
    ['on.weight', wave(genes * atoms, 1.1)],
    ['on.bias', wave(genes, 0.3)],
    ['mean.weight', wave(genes * atoms, 0.9)],
    ['mean.bias', wave(genes, 2.1)],
  ]),
};

function logits({ weights }: LinearReadout, name: string, a: readonly number[]): Float64Array {
  const weight = weights.get(`${name}.weight`)!;
  return Float64Array.from(weights.get(`${name}.bias`)!, (bias, gene) =>
    a.reduce((sum, value, atom) => sum + value * weight[gene * atoms + atom], bias),
  );
}

function rates(a: readonly number[]): Float64Array {
  const powers = logits(counts, 'proportions', a).map(Math.exp);
  const sum = powers.reduce((x, y) => x + y);
  return powers.map((power) => power / sum);
}

const raised = (atom: number, by: number) => code.map((value, i) => value + (i === atom ? by : 0));

test('a unit of the code adds its programme to the logarithms of the rates, up to what all genes share', () => {
  const { loadings } = geneProgrammes(counts, codes);
  for (let atom = 0; atom < atoms; atom++) {
    const own = columnOf(loadings, atoms, atom);
    const [before, after] = [rates(code), rates(raised(atom, 1))];
    const change = before.map((rate, gene) => Math.log(after[gene] / rate) - own[gene]);
    assertAllClose(
      change,
      change.map(() => change[0]),
      1e-9,
    );
  }
});

test('effects are what expected expression loses without the programme, in the mean cell of those that use it', () => {
  const ofCounts = (a: readonly number[]) => rates(a).map((rate) => Math.log1p(500 * rate));
  const ofValues = (a: readonly number[]) => {
    const mean = logits(values, 'mean', a);
    return logits(values, 'on', a).map((on, gene) => mean[gene] / (1 + Math.exp(-on)));
  };
  for (const [readout, expression] of [
    [counts, ofCounts],
    [values, ofValues],
  ] as const) {
    const { effects } = geneProgrammes(readout, codes);
    for (let atom = 0; atom < atoms; atom++) {
      const total = rowsOfCodes.reduce((sum, row) => sum + row[atom], 0);
      const users = code.map((_, other) =>
        rowsOfCodes.reduce((sum, row) => sum + (row[atom] * row[other]) / Math.max(total, 1e-9), 0),
      );
      const without = users.map((value, i) => (i === atom ? 0 : value));
      const [withIt, withoutIt] = [expression(users), expression(without)];
      const expected = withIt.map((value, gene) => (total > 0 ? value - withoutIt[gene] : 0));
      assertAllClose(columnOf(effects, atoms, atom), expected, 1e-6);
    }
  }
});

test('a dose of one doubles the top genes on average, before totals are kept', () => {
  const programmes = geneProgrammes(counts, codes);
  const targets = targetGenes(programmes, 2);
  const shift = codeShift(programmes, 2, 1);
  const loading = columnOf(programmes.loadings, atoms, 2);
  assertClose(
    targets.reduce((sum, gene) => sum + (loading[gene] * shift) / targets.length, 0),
    Math.LN2,
    1e-9,
  );
  const moved = measureShift(rates(code), rates(raised(2, shift)), loading, targets);
  const change = rates(code).map((rate, gene) => Math.log2(rates(raised(2, shift))[gene] / rate));
  assertClose(
    moved.onTarget,
    targets.reduce((sum, gene) => sum + change[gene] / targets.length, 0),
    1e-9,
  );
  const others = [...change].filter((_, gene) => !targets.includes(gene));
  assertClose(
    moved.offTarget,
    others.reduce((sum, value) => sum + Math.abs(value) / others.length, 0),
    1e-9,
  );
});

test('use of atoms is counted by cell and by type; the dead are left out, the strongest come first', () => {
  const codes = Float32Array.of(1, 0, 0, 0, 3, 0, 0, 2, 2, 0, 4, 2);
  const usage = usageOf(codes, 4, [0, 1, 1], 2);
  assertAllClose(usage.mean, [2, 0, 4 / 3, 4 / 3], 1e-12);
  assertAllClose(usage.share, [1, 0, 1 / 3, 2 / 3], 1e-12);
  assertAllClose(usage.typeMean, [1, 0, 0, 0, 2.5, 0, 2, 2], 1e-12);
  assertAllClose(usage.typeShare, [1, 0, 0, 0, 1, 0, 0.5, 1], 1e-12);
  assertClose(usage.deviation[0], Math.sqrt(2 / 3), 1e-12);
  const loadings = Float64Array.of(1, 9, 1, 1, 0, 9, 1, 0);
  const { atoms: live, strength } = liveAtoms(usage, loadings);
  assert.deepEqual([...live], [2, 3, 0]);
  assertClose(strength[2], Math.sqrt(2) * usage.deviation[2], 1e-12);
});

test('coherence finds the same programme twice, and not its opposite', () => {
  const matrix = Float64Array.of(1, 2, -1, 0, 1, 2.1, -1, 0, 0, 0, 0, 5);
  const { duplicates, most, nearest } = coherenceOf(matrix, 4, Int32Array.of(0, 1, 2, 3));
  assert.deepEqual(duplicates, [[0, 1]]);
  assertClose(most, 1, 1e-9);
  assert.equal(nearest[0].atom, 1);
  assert.equal(nearest[2].atom, -1);
});
