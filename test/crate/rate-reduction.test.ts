import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrateSize, crate } from '../../src/crate/crate.js';
import { rateReductionLoss } from '../../src/crate/rate-reduction.js';
import { measureLayer } from '../../src/explain/layer-measures.js';
import { add, square } from '../../src/graph/ops/elementwise.js';
import { mean } from '../../src/graph/ops/reduce.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import type { LayerView } from '../../src/nn/denoiser.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { assertParameterGradients } from '../parameter-gradients.js';

const engine = { device: 'cpu', threads: 1 } as const;
const cells = 3;
const size: CrateSize = {
  ...{ width: 5, conditionWidth: 0, tokens: 4, dim: 12, depth: 2, heads: 3, atoms: 20 },
};

/** The denoiser's layers for some cells, its parameters and weights that are zero nowhere. */
function someDenoiser() {
  const params = Params.create();
  const layers: LayerView[] = [];
  const x = input('x', [cells, size.width]);
  const prediction = crate(size).predict(params, x, input('t', [cells]), null, (layer) => layers.push(layer));
  const loss = rateReductionLoss(params, size, layers);
  const list = params.list();
  const weights = initialWeights(list, 3);
  for (const [name, data] of weights) {
    const draws = stream(3, `stirring ${name}`);
    for (let i = 0; i < data.length; i++) data[i] += 0.1 * draws.normal();
  }
  const draws = stream(3, 'cells to compress');
  const own = Float32Array.from({ length: cells * size.width }, () => draws.normal());
  const feeds = {
    x: { data: own, shape: [cells, size.width] },
    t: { data: Float32Array.of(10, 400, 900), shape: [cells] },
  };
  return { layers, prediction, loss, list, weights, feeds };
}

test('the loss is what explain measures of the layers, turned round', async () => {
  const { layers, loss, weights, feeds } = someDenoiser();
  const views = layers.flatMap(({ before, attended, code }, i) => [
    [`before${i}`, before] as const,
    [`attended${i}`, attended] as const,
    [`code${i}`, code] as const,
  ]);
  const program = await Program.compile({ loss, ...Object.fromEntries(views) }, engine, weights);
  const found = await program.run(feeds);
  await program.close();
  let expected = 0;
  for (let i = 0; i < size.depth; i++) {
    const code = found[`code${i}`];
    const values = {
      ...{ cells, tokens: size.tokens, dim: size.dim },
      ...{ before: found[`before${i}`], attended: found[`attended${i}`], code },
    };
    const projection = weights.get(`blocks.${i}.attn.qkv.weight`)!;
    const { reduction, zeros } = measureLayer(i, 0, values, { heads: size.heads, weights: projection });
    assert.ok(zeros > 0.05 && zeros < 0.95, `${zeros}`);
    const norm = code.reduce((sum, value) => sum + value, 0) / cells;
    expected += (0.1 * norm - reduction) / size.tokens / size.depth;
  }
  assert.ok(Math.abs(found.loss[0] - expected) < 1e-4 * Math.abs(expected), `${found.loss[0]}, ${expected}`);
});

test('beside an error, its gradient by every parameter agrees with finite differences', async () => {
  const { prediction, loss: own, list, weights, feeds } = someDenoiser();
  const loss = add(own, mean(square(prediction)));
  await assertParameterGradients(loss, list, weights, feeds, { share: 0.03, error: 1e-3 });
});
