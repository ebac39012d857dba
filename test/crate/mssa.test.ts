import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mssa } from '../../src/crate/mssa.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { rowsOf, softmaxRows, times, timesTransposed } from './plain-loops.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [batch, tokens, dim, heads] = [2, 5, 6, 3];

test('each head attends within its subspace, with one projection as query, key and value', async () => {
  const params = Params.create();
  const result = mssa(params, input('z', [batch, tokens, dim]), heads);
  const weights = initialWeights(params.list(), 1);
  const names = ['qkv.weight', 'to_out.0.bias', 'to_out.0.weight'];
  assert.deepEqual([...weights.keys()].sort(), names);
  stream(1, 'a bias').fillNormal(weights.get('to_out.0.bias')!);
  const z = new Float32Array(batch * tokens * dim);
  stream(1, 'tokens that attend').fillNormal(z);
  const program = await Program.compile({ result }, engine, weights);
  const found = (await program.run({ z: { data: z, shape: [batch, tokens, dim] } })).result;
  await program.close();

  const width = dim / heads;
  const projection = rowsOf(weights.get('qkv.weight')!, dim);
  const output = rowsOf(weights.get('to_out.0.weight')!, dim);
  const bias = weights.get('to_out.0.bias')!;
  for (let b = 0; b < batch; b++) {
    const rows = rowsOf(z.subarray(b * tokens * dim, (b + 1) * tokens * dim), dim);
    const w = timesTransposed(rows, projection);
    const joined = w.map(() => [] as number[]);
    for (let h = 0; h < heads; h++) {
      const own = w.map((row) => row.slice(h * width, (h + 1) * width));
      const scores = timesTransposed(own, own).map((row) => row.map((value) => value / Math.sqrt(width)));
      times(softmaxRows(scores), own).forEach((row, i) => {
        joined[i].push(...row);
      });
    }
    timesTransposed(joined, output).forEach((row, i) => {
      row.forEach((value, j) => {
        const got = found[(b * tokens + i) * dim + j];
        assert.ok(Math.abs(got - value - bias[j]) < 1e-5, `${got}, not ${value + bias[j]}`);
      });
    });
  }
});
