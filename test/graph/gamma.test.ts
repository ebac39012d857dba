import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digammaRise, logRising } from '../../src/graph/ops/gamma.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';

test('log rising factorials and their derivatives are the sums that define them', async () => {
  const thetas = [Math.exp(-12), 1e-3, 0.05, 0.7, 3, 30].map(Math.fround);
  const most = 12;
  const size = thetas.length * (most + 1);
  const theta = Float32Array.from({ length: size }, (_, i) => thetas[Math.floor(i / (most + 1))]);
  const x = Float32Array.from({ length: size }, (_, i) => i % (most + 1));
  const [ofTheta, ofX] = [input('theta', [size]), input('x', [size])];
  const outputs = { rising: logRising(ofTheta, ofX), rise: digammaRise(ofTheta, ofX) };
  const program = await Program.compile(outputs, { device: 'cpu', threads: 1 });
  const { rising, rise } = await program.run({
    theta: { data: theta, shape: [size] },
    x: { data: x, shape: [size] },
  });
  await program.close();
  for (let i = 0; i < size; i++) {
    let [log, derivative] = [0, 0];
    for (let k = 0; k < x[i]; k++) {
      log += Math.log(theta[i] + k);
      derivative += 1 / (theta[i] + k);
    }
    const place = `theta ${theta[i]}, x ${x[i]}`;
    assert.ok(
      Math.abs(rising[i] - log) <= 3e-6 * Math.max(1, Math.abs(log)),
      `${place}: ${rising[i]}, not ${log}`,
    );
    assert.ok(
      Math.abs(rise[i] - derivative) <= 3e-6 * Math.max(1, derivative),
      `${place}: ${rise[i]}, not ${derivative}`,
    );
    if (x[i] === 0) assert.equal(rising[i], 0);
  }
});
