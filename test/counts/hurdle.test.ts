import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedLayer } from '../../src/counts/gene-layer.js';
import { hurdle } from '../../src/counts/hurdle.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [cells, genes, features] = [3, 4, 2];
const random = stream(4, 'values of a hurdle');
const normals = (length: number) => Float32Array.from({ length }, () => random.normal());

const hidden = normals(cells * features);
const weights = new Map([
  ['on.weight', normals(genes * features)],
  ['on.bias', normals(genes)],
  ['mean.weight', normals(genes * features)],
  ['mean.bias', normals(genes)],
  ['deviation', Float32Array.of(-3, 0, 1, 2)],
]);
const values = Float32Array.from([0, 1.5, 0, 0.2, 3, 0, 0, 0, 2, 2, 0.7, 4]);

const softplus = (x: number) => Math.log1p(Math.exp(x));

function head(name: string, cell: number, gene: number): number {
  let sum = weights.get(`${name}.bias`)![gene];
  for (let f = 0; f < features; f++) {
    sum += hidden[cell * features + f] * weights.get(`${name}.weight`)![gene * features + f];
  }
  return sum;
}

const deviationOf = (gene: number) => softplus(weights.get('deviation')![gene]) + 0.02;

async function run(): Promise<Record<string, Float32Array>> {
  const params = Params.create().at('readout');
  const h = input('hidden', [cells, features]);
  const logLibrary = input('logLibrary', [cells, 1]);
  const measured = { values: input('values', [cells, genes]), logLibrary, logFactorials: logLibrary };
  const loss = hurdle.loss(params, signedLayer, h, measured);
  const outputs = { loss, ...hurdle.distribution(params, signedLayer, h, logLibrary, genes) };
  assert.deepEqual(
    params
      .list()
      .map(({ name }) => name)
      .sort(),
    [...weights.keys()].map((name) => `readout.${name}`).sort(),
  );
  const program = await Program.compile(
    outputs,
    engine,
    new Map([...weights].map(([name, data]) => [`readout.${name}`, data])),
  );
  const results = await program.run({
    hidden: { data: hidden, shape: [cells, features] },
    values: { data: values, shape: [cells, genes] },
  });
  await program.close();
  return results;
}

test('the loss is minus the log density of a zero or of a normal value, but for sqrt(2 pi)', async () => {
  const { loss } = await run();
  for (let cell = 0; cell < cells; cell++) {
    let expected = 0;
    for (let gene = 0; gene < genes; gene++) {
      const probability = 1 / (1 + Math.exp(-head('on', cell, gene)));
      const x = values[cell * genes + gene];
      const z = (x - head('mean', cell, gene)) / deviationOf(gene);
      expected -=
        x === 0
          ? Math.log(1 - probability)
          : Math.log(probability) - z ** 2 / 2 - Math.log(deviationOf(gene));
    }
    assert.ok(Math.abs(loss[cell] - expected) < 1e-5 * Math.max(1, Math.abs(expected)), `${loss[cell]}`);
  }
});

test('the distribution is that of the loss', async () => {
  const { off, mean, deviation } = await run();
  for (let k = 0; k < cells * genes; k++) {
    const [cell, gene] = [Math.floor(k / genes), k % genes];
    assert.ok(Math.abs(off[k] - 1 / (1 + Math.exp(head('on', cell, gene)))) < 1e-6);
    assert.ok(Math.abs(mean[k] - head('mean', cell, gene)) < 1e-5);
    assert.ok(Math.abs(deviation[gene] - deviationOf(gene)) < 1e-5);
  }
});

test('drawn values are off as often as they should be, else normal, and never negative', () => {
  const arrays = {
    off: Float32Array.of(1, 1, 1, 0.3, 0, 1),
    mean: Float32Array.of(9, 9, 9, 5, 3, 4),
    deviation: Float32Array.of(0.5, 1, 1),
  };
  const draws = 20_000;
  const zeros = [0, 0, 0];
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  const out = new Float32Array(3);
  for (let draw = 0; draw < draws; draw++) {
    hurdle.sample(stream(6, 'drawn values', draw), arrays, 1, out);
    out.forEach((value, gene) => {
      assert.ok(value >= 0);
      if (value === 0) zeros[gene]++;
      sums[gene] += value;
      squares[gene] += value * value;
    });
  }
  assert.ok(Math.abs(zeros[0] / draws - 0.3) < 0.015);
  assert.deepEqual(zeros.slice(1), [0, draws]);
  [
    [5, 0.5],
    [3, 1],
  ].forEach(([mean, deviation], gene) => {
    const on = draws - zeros[gene];
    const found = sums[gene] / on;
    assert.ok(Math.abs(found - mean) < 5 * (deviation / Math.sqrt(on)) + 0.01, `${found}`);
    assert.ok(Math.abs(Math.sqrt(squares[gene] / on - found ** 2) - deviation) < 0.05);
  });
});

test('detection and means start at what the training cells say', () => {
  const matrix = {
    ...({ format: 'csr', rows: 4, cols: 3 } as const),
    indptr: Float64Array.of(0, 1, 2, 4, 5),
    indices: Int32Array.of(0, 0, 0, 2, 2),
    data: Float32Array.of(1, 2, 3, 0, 4),
  };
  const start = hurdle.startingValues({ values: matrix, librarySize: new Float64Array(4) } as never);
  const detection = Array.from(start.get('on.bias')!, (s) => 1 / (1 + Math.exp(-s)));
  [3.5 / 5, 0.5 / 5, 1.5 / 5].forEach((expected, gene) => {
    assert.ok(Math.abs(detection[gene] - expected) < 1e-6);
  });
  const means = start.get('mean.bias')!;
  assert.ok(Math.abs(means[0] - 6 / 3.5) < 1e-6 && means[1] === 0 && Math.abs(means[2] - 4 / 1.5) < 1e-6);
});
