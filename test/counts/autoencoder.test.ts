import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoencoderLoss, decode, decoderLoss, encode, geneLayerOf } from '../../src/counts/autoencoder.js';
import { type ReadoutKind, readoutOf } from '../../src/counts/readout.js';
import { exp } from '../../src/graph/ops/elementwise.js';
import { Program } from '../../src/graph/program.js';
import { input, type Tensor } from '../../src/graph/tensor.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { logFactorial } from '../../src/random/log-factorial.js';
import { stream } from '../../src/random/stream.js';
import { assertParameterGradients } from '../parameter-gradients.js';

const engine = { device: 'cpu', threads: 1 } as const;
const size = {
  ...{ genes: 6, latent: 2, labels: 3, hidden: 8 },
  decoder: { kind: 'raising', dim: 6, atoms: 12 },
} as const;
const cells = 4;

const random = stream(8, 'cells of an autoencoder');
const counts = Float32Array.from({ length: cells * size.genes }, () => random.poisson(3));
const expression = counts.map(Math.log1p);
const logLibrary = Float32Array.from({ length: cells }, (_, i) =>
  Math.log(counts.subarray(i * size.genes, (i + 1) * size.genes).reduce((sum, x) => sum + x, 0)),
);
const logFactorials = Float32Array.from({ length: cells }, (_, i) =>
  counts.subarray(i * size.genes, (i + 1) * size.genes).reduce((sum, x) => sum + logFactorial(x), 0),
);
const noise = Float32Array.from({ length: cells * size.latent }, () => random.normal());
/** The last cell's label is hidden. */
const labels = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0);
const told = { labels: { data: labels, shape: [cells, size.labels] } };

function feeds(readout: ReadoutKind, priorWeight: number) {
  const genes = [cells, size.genes];
  return {
    expression: { data: expression, shape: genes },
    values: { data: readout === 'hurdle' ? expression : counts, shape: genes },
    ...(readout !== 'hurdle' && {
      logLibrary: { data: logLibrary, shape: [cells, 1] },
      logFactorials: { data: logFactorials, shape: [cells, 1] },
    }),
    ...told,
    noise: { data: noise, shape: [cells, size.latent] },
    priorWeight: { data: Float32Array.of(priorWeight), shape: [] },
  };
}

const lossInputs = () => ({
  values: input('values', [cells, size.genes]),
  logLibrary: input('logLibrary', [cells, 1]),
  logFactorials: input('logFactorials', [cells, 1]),
  labels: input('labels', [cells, size.labels]),
});

function lossOf(params: Params, readout: ReadoutKind, sparsity = 0): Tensor {
  const inputs = {
    ...lossInputs(),
    expression: input('expression', [cells, size.genes]),
    noise: input('noise', [cells, size.latent]),
    priorWeight: input('priorWeight', []),
  };
  return autoencoderLoss(params, size, readoutOf(readout), inputs, sparsity);
}

async function evaluate(
  outputs: Record<string, Tensor>,
  inputs: Parameters<Program['run']>[0],
  weights: ReadonlyMap<string, Float32Array>,
): Promise<Record<string, Float32Array>> {
  const program = await Program.compile(outputs, engine, weights);
  const results = await program.run(inputs);
  await program.close();
  return results;
}

for (const readout of ['negative-binomial', 'hurdle'] as const) {
  test(`${readout}: the loss is the readout's plus the divergence from the prior, a gene and a cell`, async () => {
    const params = Params.create();
    const loss = lossOf(params, readout);
    const weights = initialWeights(params.list(), 5);
    const all = async (priorWeight: number) =>
      (await evaluate({ loss }, feeds(readout, priorWeight), weights)).loss[0];

    const posterior = encode(params, size, input('expression', [cells, size.genes]));
    const { mean, logDeviation } = await evaluate(
      { mean: posterior.mean, logDeviation: posterior.logDeviation },
      { expression: { data: expression, shape: [cells, size.genes] } },
      weights,
    );
    let divergence = 0;
    mean.forEach((mu, k) => {
      const sigma = Math.exp(logDeviation[k]);
      divergence += (mu ** 2 + sigma ** 2 - 1) / 2 - Math.log(sigma);
    });
    assert.ok(divergence > 0);
    const expected = divergence / (cells * size.genes);
    assert.ok(Math.abs((await all(1)) - (await all(0)) - expected) < 1e-5);
    assert.ok(Math.abs((await all(0.25)) - (await all(0)) - expected / 4) < 1e-5);

    // Without the prior what is left is the readout's loss at z = mu + sigma noise.
    const z = mean.map((mu, k) => mu + Math.exp(logDeviation[k]) * noise[k]);
    const measured = lossInputs();
    const reconstruction = readoutOf(readout).loss(
      params.at('readout'),
      geneLayerOf(size.decoder),
      decode(params, size, input('z', [cells, size.latent]), measured.labels),
      measured,
    );
    const { values: given, logLibrary, logFactorials } = feeds(readout, 0);
    const inputs = {
      ...told,
      z: { data: z, shape: [cells, size.latent] },
      values: given,
      ...(logLibrary && { logLibrary, logFactorials }),
    };
    const parts = (await evaluate({ reconstruction }, inputs, weights)).reconstruction;
    const decoder = (sparsity: number) =>
      decoderLoss(
        params,
        size,
        readoutOf(readout),
        { ...lossInputs(), z: input('z', [cells, size.latent]) },
        sparsity,
      );
    for (const sparsity of [0, 2]) {
      const alone = (await evaluate({ loss: decoder(sparsity) }, inputs, weights)).loss[0];
      const whole = (await evaluate({ loss: lossOf(params, readout, sparsity) }, feeds(readout, 0), weights))
        .loss[0];
      assert.ok(Math.abs(alone - whole) < 1e-5 * Math.max(1, Math.abs(whole)), `${alone} ${whole}`);
    }
    const mean0 = parts.reduce((sum, x) => sum + x, 0) / (cells * size.genes);
    assert.ok(Math.abs((await all(0)) - mean0) < 1e-5 * Math.max(1, Math.abs(mean0)));
  });

  test(`${readout}: sparsity costs each cell what its code raises genes by`, async () => {
    const params = Params.create();
    const loss = lossOf(params, readout);
    const weights = initialWeights(params.list(), 5);
    const priced = (await evaluate({ loss: lossOf(params, readout, 2) }, feeds(readout, 0), weights)).loss[0];
    const free = (await evaluate({ loss }, feeds(readout, 0), weights)).loss[0];
    const code = decode(params, size, input('z', [cells, size.latent]), lossInputs().labels);
    const posterior = encode(params, size, input('expression', [cells, size.genes]));
    const { mean, deviation } = await evaluate(
      { mean: posterior.mean, deviation: exp(posterior.logDeviation) },
      { expression: { data: expression, shape: [cells, size.genes] } },
      weights,
    );
    const z = mean.map((mu, k) => mu + deviation[k] * noise[k]);
    const codes = (
      await evaluate({ code }, { ...told, z: { data: z, shape: [cells, size.latent] } }, weights)
    ).code;
    const { atoms } = size.decoder;
    const given = new Float64Array(atoms);
    for (const name of readoutOf(readout).heads) {
      weights.get(`readout.${name}.weight`)!.forEach((value, at) => {
        given[at % atoms] += 4 * Math.max(0, value);
      });
    }
    const penalty = codes.reduce((sum, value, at) => sum + value * given[at % atoms], 0);
    assert.ok(penalty > 0.1);
    const expected = (2 * penalty) / (cells * size.genes);
    assert.ok(Math.abs(priced - free - expected) < 1e-4 * expected + 1e-5, `${priced - free}, ${expected}`);
  });

  test(`${readout}: the gradient of the whole agrees with finite differences`, async () => {
    const params = Params.create();
    const loss = lossOf(params, readout, 0.5);
    const list = params.list();
    const weights = initialWeights(list, 6);
    await assertParameterGradients(loss, list, weights, feeds(readout, 0.7), { share: 2e-2, error: 2e-4 });
  });
}

test('the deviation of a posterior stays within bounds, however odd the cell', async () => {
  const params = Params.create();
  const { mean, logDeviation } = encode(params, size, input('expression', [cells, size.genes]));
  const odd = expression.map((value, i) => (i % 2 === 0 ? 1e6 : -1e6) * value);
  const { deviation, mean: found } = await evaluate(
    { mean, deviation: exp(logDeviation) },
    { expression: { data: odd, shape: [cells, size.genes] } },
    initialWeights(params.list(), 7),
  );
  assert.ok(found.every(Number.isFinite));
  assert.ok(deviation.every((value) => value >= Math.exp(-6) - 1e-6 && value <= Math.exp(3) + 1e-3));
});
