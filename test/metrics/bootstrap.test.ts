import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from '../../src/metrics/bootstrap.js';
import { mmd, mmdOfRows } from '../../src/metrics/mmd.js';
import { assertClose } from './close.js';
import { normalPoints } from './simulated-cells.js';

const mean = (values: ArrayLike<number>, rows: Int32Array) =>
  rows.reduce((sum, row) => sum + values[row], 0) / rows.length;

const allRows = (cells: number) => Int32Array.from({ length: cells }, (_, row) => row);

function shiftInterval(cells: number, seed: number, mostCells?: number) {
  const [a, b] = [normalPoints(cells, 1, 2 * seed).data, normalPoints(cells, 1, 2 * seed + 1).data];
  const statistic = (x: Int32Array, y: Int32Array) => mean(b, y) - mean(a, x);
  const options = mostCells === undefined ? { seed } : { seed, mostCells };
  const value = statistic(allRows(cells), allRows(cells));
  return {
    value,
    interval: bootstrapInterval(statistic, value, [cells, cells], options) as [number, number],
  };
}

test('a difference of means has the interval of theory, from halves and from smaller parts', () => {
  for (const mostCells of [undefined, 100]) {
    let width = 0;
    for (let seed = 0; seed < 10; seed++) {
      const { interval } = shiftInterval(400, seed, mostCells);
      width += (interval[1] - interval[0]) / 10;
    }
    const expected = 2 * 1.96 * Math.sqrt(2 / 400);
    assert.ok(Math.abs(width / expected - 1) < 0.1, `${width}, expected ${expected}`);
  }
});

test('it holds the truth about as often as it says', () => {
  let held = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { interval } = shiftInterval(60, seed);
    if (interval[0] <= 0 && interval[1] >= 0) held++;
  }
  assert.ok(held >= 88, `${held} of 100`);
});

test('the interval of an MMD of equal populations holds 0, and of different ones does not', () => {
  const real = normalPoints(300, 3, 1);
  for (const [shift, holdsZero] of [
    [0, true],
    [1, false],
  ] as const) {
    const other = normalPoints(300, 3, 2, shift);
    const value = mmd(real, other, 6);
    const interval = bootstrapInterval(mmdOfRows(real, other, 6), value, [300, 300], {
      seed: 1,
      replicates: 100,
    });
    assert.ok(interval);
    assert.equal(interval[0] <= 0 && interval[1] >= 0, holdsZero, `${interval}`);
    assert.ok(interval[0] <= value && value <= interval[1]);
  }
});

test('rows are distinct and half of each side, and the seed fixes them', () => {
  const seen: number[][] = [];
  const record = (x: Int32Array, y: Int32Array) => {
    assert.equal(new Set(x).size, 10);
    assert.equal(new Set(y).size, 15);
    seen.push([...x, ...y]);
    return x[0];
  };
  const first = bootstrapInterval(record, 0, [20, 30], { seed: 3, replicates: 20 });
  assert.equal(new Set(seen.map(String)).size, 20);
  assert.deepEqual(bootstrapInterval(record, 0, [20, 30], { seed: 3, replicates: 20 }), first);
  assert.notDeepEqual(bootstrapInterval(record, 0, [20, 30], { seed: 4, replicates: 20 }), first);
});

test('it is cut to the range, and none is drawn where there is too little', () => {
  const statistic = (x: Int32Array) => (x.includes(0) ? 1 : 0.5);
  const cut = bootstrapInterval(statistic, 0.95, [20, 20], { seed: 1, range: [0, 1] });
  assert.ok(cut);
  assertClose(cut[1], 1, 0);
  assert.equal(bootstrapInterval(statistic, 1, [3, 20], { seed: 1 }), null);
  assert.equal(
    bootstrapInterval(() => Number.NaN, 1, [20, 20], { seed: 1 }),
    null,
  );
});
