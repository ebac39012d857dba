import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  forestLabels,
  type LabelledFeatures,
  type LabelTrainer,
  labelTransfer,
  logisticLabels,
} from '../../src/metrics/label-transfer.js';
import { stream } from '../../src/random/stream.js';
import { normalPoints } from './simulated-cells.js';

/** Three labels, far apart on the first component; every tenth cell has none. */
function labelled(seed: number, distance = 8): LabelledFeatures {
  const features = normalPoints(150, 4, seed);
  const codes = Int32Array.from({ length: 150 }, (_, cell) => (cell % 10 === 9 ? -1 : cell % 3));
  codes.forEach((code, cell) => {
    features.data[cell * 4] += distance * code;
  });
  return { features, codes };
}

const trainers: readonly [string, LabelTrainer][] = [
  ['logistic regression', logisticLabels],
  ['a forest', forestLabels(30, 0)],
];

for (const [name, trainer] of trainers) {
  describe(`label transfer by ${name}`, () => {
    it('recognises labels both ways where the generated cells are of the population', () => {
      const transfer = labelTransfer(labelled(1), labelled(2), labelled(3), 4, trainer);
      for (const { overall, perLabel, cells } of Object.values(transfer)) {
        assert.ok(overall > 0.97, `${overall}`);
        assert.equal(perLabel[3], null);
        assert.deepEqual([...cells], [45, 45, 45, 0]);
      }
    });

    it('says which label was made as another', () => {
      const wrong = labelled(3);
      const swapped = {
        ...wrong,
        codes: wrong.codes.map((code) => (code === 2 ? 1 : code === 1 ? 2 : code)),
      };
      const { generated, syntheticToReal } = labelTransfer(labelled(1), labelled(2), swapped, 3, trainer);
      assert.ok(generated.perLabel[0]! > 0.95 && generated.perLabel[1]! < 0.05);
      assert.ok(syntheticToReal.perLabel[0]! > 0.95 && syntheticToReal.perLabel[2]! < 0.05);
    });

    it('is at chance where labels mean nothing', () => {
      const random = labelled(3);
      const codes = stream(1, 'order').shuffle(random.codes.slice());
      const { heldOut, generated } = labelTransfer(
        labelled(1),
        labelled(2),
        { ...random, codes },
        3,
        trainer,
      );
      assert.ok(heldOut.overall > 0.97);
      // Four standard errors of a share of 135 cells.
      assert.ok(Math.abs(generated.overall - 1 / 3) < 0.17, `${generated.overall}`);
    });
  });
}
