import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients } from '../../src/graph/autodiff.js';
import { slice } from '../../src/graph/ops/layout.js';
import { sum } from '../../src/graph/ops/reduce.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { buildDenoiser } from '../../src/model/denoisers.js';
import type { DenoiserDescription } from '../../src/model/description.js';
import { openDenoiser } from '../../src/model/opened-denoiser.js';
import type { LayerView } from '../../src/nn/denoiser.js';
import { Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { assertClose } from '../metrics/close.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [cells, width, dim] = [2, 4, 8];
const vector = { width, conditionWidth: 0 };
const tokens = { tokens: 3, dim, depth: 2, heads: 2 };
const patches = { patch: 2, dim, depth: 2, heads: 2 };
const kinds: readonly DenoiserDescription[] = [
  { kind: 'crate', ...vector, ...tokens, atoms: 12 },
  { kind: 'latent-dit', ...vector, ...tokens, hidden: 12 },
  { kind: 'wbdit', ...vector, ...patches },
  { kind: 'dit', ...vector, ...patches },
];

/** Weights that are zero nowhere: those that start there would hide a gate. */
function someWeights(description: DenoiserDescription): Map<string, Float32Array> {
  const params = Params.create();
  buildDenoiser(description).predict(params, input('x', [cells, width]), input('t', [cells]), null);
  return new Map(
    params.list().map(({ name, tensor }, i) => {
      const size = (tensor.shape as number[]).reduce((a, b) => a * b, 1);
      const draws = stream(i, 'some weights');
      return [name, Float32Array.from({ length: size }, () => 0.3 * draws.normal())];
    }),
  );
}

for (const description of kinds) {
  test(`${description.kind}: subspaces are the projection that is passed on`, async () => {
    const weights = someWeights(description);
    const opened = await openDenoiser(description, weights, engine);
    await opened.close();
    opened.subspaces.forEach(({ heads, weights: own }, layer) => {
      const projection = weights.get(`blocks.${layer}.attn.qkv.weight`)!;
      assert.equal(heads, 2);
      assert.deepEqual(own, projection.slice(projection.length - dim * dim));
    });
  });

  test(`${description.kind}: the slope by what attention says is that of its output's bias`, async () => {
    const weights = someWeights(description);
    const bias = [...weights.keys()].find((name) => /^blocks\.0\.attn\.(to_out\.0|proj)\.bias$/.test(name))!;
    const params = Params.create();
    const views: LayerView[] = [];
    const prediction = buildDenoiser(description).predict(
      params,
      input('x', [cells, width]),
      input('t', [cells]),
      null,
      (view) => views.push(view),
    );
    const [slope] = gradients(sum(slice(prediction, 1, 1, 2)), [views[0].attention]);
    const x = Float32Array.from({ length: cells * width }, (_, i) => Math.sin(i + 1));
    const at = async (own: Map<string, Float32Array>) => {
      const program = await Program.compile({ prediction, slope: sum(slope, [0, 1]) }, engine, own);
      const found = await program.run({
        x: { data: x, shape: [cells, width] },
        t: { data: new Float32Array(cells).fill(300), shape: [cells] },
      });
      await program.close();
      let total = 0;
      for (let cell = 0; cell < cells; cell++) total += found.prediction[cell * width + 1];
      return { total, slope: found.slope };
    };
    const { slope: slopes } = await at(weights);
    const step = 1e-2;
    for (const k of [0, 5]) {
      const moved = (by: number) =>
        new Map([...weights, [bias, weights.get(bias)!.map((value, i) => (i === k ? value + by : value))]]);
      const [low, high] = [await at(moved(-step)), await at(moved(step))];
      const expected = (high.total - low.total) / (2 * step);
      assertClose(slopes[k], expected, 2e-3 * Math.max(1, Math.abs(expected)));
    }
  });
}
