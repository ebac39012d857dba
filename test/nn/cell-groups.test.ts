import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients } from '../../src/graph/autodiff.js';
import { mul, square } from '../../src/graph/ops/elementwise.js';
import { sum } from '../../src/graph/ops/reduce.js';
import { Program } from '../../src/graph/program.js';
import { input, type Shape, type Tensor } from '../../src/graph/tensor.js';
import { adaLnBlock } from '../../src/nn/adaln.js';
import { inCellGroups } from '../../src/nn/cell-groups.js';
import { normal } from '../../src/nn/init.js';
import { linear } from '../../src/nn/linear.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';

/** Sizes of the batches that `inCellGroups` hands on. */
function groupsOf(shape: Shape): Shape[] {
  const seen: Shape[] = [];
  const joined = inCellGroups(input('z', shape), [input('v', [shape[0], 1, shape[2]])], (z, [vector]) => {
    seen.push(z.shape);
    assert.deepEqual(vector.shape, [z.shape[0], 1, shape[2]]);
    return z;
  });
  assert.deepEqual(joined.shape, shape);
  return seen;
}

test('large batches are cut into equal groups, small ones and those of unknown size are not', () => {
  assert.deepEqual(groupsOf([16, 200, 768]), new Array(4).fill([4, 200, 768]));
  assert.deepEqual(groupsOf([6, 200, 1000]), new Array(2).fill([3, 200, 1000]));
  assert.deepEqual(groupsOf([7, 200, 1000]), new Array(7).fill([1, 200, 1000]));
  assert.deepEqual(groupsOf([2, 2000, 768]), new Array(2).fill([1, 2000, 768]));
  assert.deepEqual(groupsOf([256, 8, 64]), [[256, 8, 64]]);
  assert.deepEqual(groupsOf(['batch', 200, 768]), [['batch', 200, 768]]);
});

test('a block in groups is the block, and so are its gradients', async () => {
  const [batch, tokens, dim] = [4, 320, 640];
  const params = Params.create();
  const z = input('z', [batch, tokens, dim]);
  const c = input('c', [batch, dim]);
  const wide = { init: normal(0.05) };
  const parts = {
    attend: (y: Tensor) => linear(params.at('attend'), y, dim, wide),
    code: (y: Tensor) => square(linear(params.at('code'), y, dim, wide)),
    write: (code: Tensor) => code,
  };
  const grouped = adaLnBlock(params, z, c, parts);
  // Being looked at, a block stays whole.
  const whole = adaLnBlock(params, z, c, parts, () => undefined);
  assert.deepEqual(grouped.shape, whole.shape);
  const targets = [z, c, ...params.list().map(({ tensor }) => tensor)];
  const outputs: Record<string, Tensor> = { grouped, whole };
  for (const [name, result] of Object.entries({ grouped, whole })) {
    gradients(sum(mul(result, z)), targets).forEach((g, i) => {
      outputs[`${name} ${i}`] = g;
    });
  }
  const weights = initialWeights(params.list(), 1);
  // It starts at zero, where the block would be nothing but its input.
  for (const [name, data] of weights) if (name.startsWith('adaLN')) stream(2, name).fillNormal(data);
  const program = await Program.compile(outputs, { device: 'cpu', threads: 1 }, weights);
  const draw = (name: string, size: number) => {
    const data = new Float32Array(size);
    stream(3, name).fillNormal(data);
    return data.map((value) => value / 10);
  };
  const results = await program.run({
    z: { data: draw('z', batch * tokens * dim), shape: [batch, tokens, dim] },
    c: { data: draw('c', batch * dim), shape: [batch, dim] },
  });
  await program.close();
  for (const name of Object.keys(outputs).filter((key) => key.startsWith('whole'))) {
    const [one, other] = [results[name.replace('whole', 'grouped')], results[name]];
    const scale = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
    assert.ok(scale > 0 && difference < 2e-5 * scale, `${name}: ${difference} of ${scale}`);
  }
});
