import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedWorst } from '../../scripts/worst-label.js';
import { stream } from '../../src/random/stream.js';

test('the worst label of equals is what drawing cells many times comes to', () => {
  const label = (real: number, generated: number, share: number) => ({
    ...{ real, generated, recognisedReal: share, recognisedGenerated: share },
  });
  const labels = [label(20, 31, 0.6), label(25, 20, 0.95), label(300, 280, 0.8), label(40, 44, 1)];
  const random = stream(0, 'worst label');
  const drawn = (cells: number, share: number) =>
    Array.from({ length: cells }, () => random.uniform()).filter((u) => u < share).length / cells;
  const times = 4_000;
  let sum = 0;
  for (let i = 0; i < times; i++) {
    const differences = labels.map(
      ({ real, generated, recognisedReal: share }) => drawn(generated, share) - drawn(real, share),
    );
    sum += Math.min(...differences);
  }
  const expected = expectedWorst(labels);
  assert.ok(Math.abs(expected - sum / times) < 0.005, `${expected}, drawn ${sum / times}`);
});

test('labels that are always recognised have no worst one, and no label has none', () => {
  const sure = { real: 30, generated: 30, recognisedReal: 1, recognisedGenerated: 1 };
  assert.ok(Math.abs(expectedWorst([sure, sure])) < 1e-3);
  assert.ok(Number.isNaN(expectedWorst([])));
  assert.ok(Number.isNaN(expectedWorst([{ ...sure, generated: 0 }])));
});

test('both sides count: where one is recognised and the other not, the chance is between', () => {
  const one = expectedWorst([{ real: 50, generated: 50, recognisedReal: 1, recognisedGenerated: 0 }]);
  // Two shares of 50 cells at a chance of a half; of one label the mean difference is 0.
  assert.ok(Math.abs(one) < 1e-3, String(one));
});
