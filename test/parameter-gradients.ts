import assert from 'node:assert/strict';
import { gradients } from '../src/graph/autodiff.js';
import { type ArrayValue, Program } from '../src/graph/program.js';
import type { Tensor } from '../src/graph/tensor.js';
import type { Param } from '../src/nn/params.js';

/**
 * The steepest slope of a loss by each parameter against finite differences.
 * @param params of which each must move the loss
 * @param close a share of the slope, and an absolute error
 */
export async function assertParameterGradients(
  loss: Tensor,
  params: readonly Param[],
  weights: ReadonlyMap<string, Float32Array>,
  feeds: Readonly<Record<string, ArrayValue>>,
  close: { readonly share: number; readonly error: number },
): Promise<void> {
  const slopes = gradients(
    loss,
    params.map(({ tensor }) => tensor),
  );
  const outputs = Object.fromEntries(slopes.map((slope, i) => [`slope ${params[i].name}`, slope]));
  const program = await Program.compile({ loss, ...outputs }, { device: 'cpu', threads: 1 });
  const run = (moved: ReadonlyMap<string, Float32Array>) => {
    const inputs = params.map(({ name, tensor }) => [
      name,
      { data: moved.get(name)!, shape: tensor.shape as readonly number[] },
    ]);
    return program.run({ ...feeds, ...Object.fromEntries(inputs) });
  };
  const found = await run(weights);
  for (const { name } of params) {
    const slope = found[`slope ${name}`];
    const at = slope.reduce((best, value, i) => (Math.abs(value) > Math.abs(slope[best]) ? i : best), 0);
    assert.ok(slope[at] !== 0, `${name} does something`);
    const data = weights.get(name)!;
    const lossAt = async (value: number) =>
      (await run(new Map([...weights, [name, data.with(at, value)]]))).loss[0];
    const h = 0.01;
    const numeric = ((await lossAt(data[at] + h)) - (await lossAt(data[at] - h))) / (2 * h);
    assert.ok(
      Math.abs(slope[at] - numeric) < close.share * Math.abs(numeric) + close.error,
      `${name}[${at}]: ${slope[at]}, not ${numeric}`,
    );
  }
  await program.close();
}
