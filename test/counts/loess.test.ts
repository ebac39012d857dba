import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loess } from '../../src/counts/hvg/loess.js';
import { projectRoot } from '../shared.js';

interface LoessCase {
  name: string;
  span: number;
  x: number[];
  y: number[];
  fitted: number[];
}

const cases: LoessCase[] = JSON.parse(
  readFileSync(join(projectRoot, 'test/counts/reference/loess.json'), 'utf8'),
);

describe('loess', () => {
  for (const { name, span, x, y, fitted } of cases) {
    it(`equals R's on ${name} points`, () => {
      const ours = loess(Float64Array.from(x), Float64Array.from(y), span);
      const worst = Math.max(...ours.map((value, i) => Math.abs(value - fitted[i])));
      assert.ok(worst < 1e-10, `largest difference ${worst}`);
    });
  }

  it('reproduces quadratics, in any order of the points', () => {
    const point = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.uniqueArray(point, { minLength: 30, maxLength: 80 }), (xs) => {
        const x = Float64Array.from(xs, (value) => value / 100);
        const y = x.map((value) => 1 - 2 * value + 0.5 * value * value);
        const fitted = loess(x, y, 0.4);
        for (let i = 0; i < x.length; i++) assert.ok(Math.abs(fitted[i] - y[i]) < 1e-5);
      }),
      { numRuns: 50 },
    );
  });

  it('stays finite where points are few or tied', () => {
    for (const x of [[1], [1, 1, 1], [0, 1], [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 5]]) {
      const fitted = loess(
        Float64Array.from(x),
        Float64Array.from(x, (value) => 3 * value + 1),
        0.3,
      );
      fitted.forEach((value, i) => {
        assert.ok(Math.abs(value - (3 * x[i] + 1)) < 0.01, `${x}: ${value}`);
      });
    }
  });
});
