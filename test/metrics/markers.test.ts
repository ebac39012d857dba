import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatRows, selectRows } from '../../src/counts/csr.js';
import { log1p } from '../../src/counts/library-size.js';
import { compareMarkers, contrastLabels, topMarkers } from '../../src/metrics/markers.js';
import { stream } from '../../src/random/stream.js';
import { cellsOf } from './cells-of.js';
import { assertAllClose } from './close.js';
import { reference } from './simulated-cells.js';

const simulated = reference<{
  cells: number;
  genes: number;
  codes: number[];
  counts: number[];
  scores: number[][];
  fold_changes: number[][];
}>('markers');
const cells = log1p(cellsOf(simulated.counts, simulated.genes));
const contrasts = contrastLabels(cells, simulated.codes, 3);

describe('contrasts of labels', () => {
  it("are scipy's Welch t and scanpy's log2 fold changes", () => {
    assertAllClose(contrasts.scores, simulated.scores.flat(), 1e-5);
    assertAllClose(contrasts.foldChanges, simulated.fold_changes.flat(), 1e-5);
  });

  it('do not depend on the order of cells, and leave unlabelled ones aside', () => {
    const order = stream(1, 'order').shuffle([...simulated.codes.keys()]);
    const more = concatRows([selectRows(cells, order), selectRows(cells, [0, 1])], cells.cols);
    const codes = [...order.map((cell) => simulated.codes[cell]), -1, -1];
    assertAllClose(contrastLabels(more, codes, 3).scores, contrasts.scores, 1e-9);
  });

  it('are nothing for a label with no cell or one cell', () => {
    const { scores } = contrastLabels(cellsOf([1, 0, 2, 1, 0, 3], 2), [0, 1, 1], 3);
    assert.deepEqual([...scores], [0, 0, 0, 0, 0, 0]);
    assert.equal(topMarkers(contrastLabels(cells, simulated.codes, 4), 3, 50).length, 0);
  });
});

describe('markers', () => {
  it('are raised genes, the strongest first', () => {
    const top = topMarkers(contrasts, 1, 5);
    const own = simulated.scores[1];
    const best = [...own.keys()].sort((a, b) => own[b] - own[a]).slice(0, 5);
    assert.deepEqual([...top], best);
    assert.ok(topMarkers(contrasts, 1, 50).length < simulated.genes);
  });

  it('of the same cells are all kept, with slope 1', () => {
    const same = compareMarkers(contrasts, contrasts, 1, 10);
    assert.equal(same.overlap, 1);
    assert.ok(Math.abs(same.slope! - 1) < 1e-12);
  });

  it('that are half as strong have half the slope', () => {
    const weaker = { ...contrasts, foldChanges: contrasts.foldChanges.map((change) => change / 2) };
    assert.ok(Math.abs(compareMarkers(contrasts, weaker, 0, 10).slope! - 0.5) < 1e-12);
  });

  it('that one group lacks altogether do not bend the slope', () => {
    const onlyOne = 4;
    assert.ok(topMarkers(contrasts, 1, 50).includes(onlyOne));
    assert.ok(contrasts.foldChanges[contrasts.genes + onlyOne] > 20);
    const changes = contrasts.foldChanges.slice();
    changes[contrasts.genes + onlyOne] = 5;
    const generated = { ...contrasts, foldChanges: changes };
    assert.ok(Math.abs(compareMarkers(contrasts, generated, 1, 50).slope! - 1) < 1e-12);
  });

  it('of cells with shuffled labels are lost', () => {
    const codes = stream(3, 'order').shuffle([...simulated.codes]);
    const { slope, overlap } = compareMarkers(contrasts, contrastLabels(cells, codes, 3), 0, 8);
    assert.ok(slope! < 0.5 && overlap! < 1, `${slope}, ${overlap}`);
  });
});
