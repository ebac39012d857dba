import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countMoments } from '../../src/counts/count-moments.js';
import { compressRows } from '../../src/counts/csr.js';
import { signedLayer } from '../../src/counts/gene-layer.js';
import { librarySizes } from '../../src/counts/library-size.js';
import { negativeBinomial } from '../../src/counts/negative-binomial.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { Params } from '../../src/nn/params.js';
import { logFactorial } from '../../src/random/log-factorial.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [cells, genes, features] = [3, 5, 4];

/** ln p(x) of the negative binomial as a product over 0..x-1: no gamma function is needed. */
function logProbability(x: number, mean: number, theta: number): number {
  let logChoose = -logFactorial(x);
  for (let k = 0; k < x; k++) logChoose += Math.log(theta + k);
  const total = mean + theta;
  return logChoose + theta * Math.log(theta / total) + x * Math.log(mean / total);
}

interface Values {
  readonly hidden: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly dispersion: Float32Array;
  readonly exponent: Float32Array;
  readonly logLibrary: Float32Array;
}

function drawValues(): Values {
  const random = stream(3, 'values of a negative binomial');
  const normals = (length: number, scale: number) =>
    Float32Array.from({ length }, () => scale * random.normal());
  return {
    hidden: normals(cells * features, 1),
    weight: normals(genes * features, 0.7),
    bias: normals(genes, 0.5),
    dispersion: normals(genes, 0.15),
    exponent: Float32Array.of(0.25),
    logLibrary: Float32Array.from([Math.log(7), Math.log(120), Math.log(5000)]),
  };
}

/** Mean counts, cells x genes: the library size shared out by a softmax. */
function meansOf({ hidden, weight, bias, logLibrary }: Values): number[][] {
  return Array.from({ length: cells }, (_, i) => {
    const scores = Array.from(bias, (start, g) => {
      let score = start;
      for (let f = 0; f < features; f++) score += hidden[i * features + f] * weight[g * features + f];
      return Math.exp(score);
    });
    const sum = scores.reduce((total, score) => total + score, 0);
    return scores.map((score) => (Math.exp(logLibrary[i]) * score) / sum);
  });
}

/** Inverse dispersions, cells x genes: a power of the mean. */
const thetasOf = (values: Values): number[][] =>
  meansOf(values).map((means) =>
    means.map((mean, g) => {
      const logTheta = 10 * values.dispersion[g] + 3 * values.exponent[0] * Math.log(mean);
      return Math.exp(Math.min(8, Math.max(-12, logTheta)));
    }),
  );

const logFactorials = (counts: Float32Array): Float32Array =>
  Float32Array.from({ length: cells }, (_, i) =>
    counts.subarray(i * genes, (i + 1) * genes).reduce((sum, count) => sum + logFactorial(count), 0),
  );

/** Loss and distribution of the readout, as the engine computes them. */
async function run(values: Values, counts: Float32Array): Promise<Record<string, Float32Array>> {
  const params = Params.create();
  const hidden = input('hidden', [cells, features]);
  const logLibrary = input('logLibrary', [cells, 1]);
  const loss = negativeBinomial.loss(params, signedLayer, hidden, {
    values: input('counts', [cells, genes]),
    logLibrary,
    logFactorials: input('logFactorials', [cells, 1]),
  });
  const outputs = { loss, ...negativeBinomial.distribution(params, signedLayer, hidden, logLibrary, genes) };
  const names = params.list().map(({ name }) => name);
  assert.deepEqual(names.sort(), ['dispersion', 'exponent', 'proportions.bias', 'proportions.weight']);
  const weights = new Map([
    ['dispersion', values.dispersion],
    ['exponent', values.exponent],
    ['proportions.bias', values.bias],
    ['proportions.weight', values.weight],
  ]);
  const program = await Program.compile(outputs, engine, weights);
  const results = await program.run({
    hidden: { data: values.hidden, shape: [cells, features] },
    logLibrary: { data: values.logLibrary, shape: [cells, 1] },
    counts: { data: counts, shape: [cells, genes] },
    logFactorials: { data: logFactorials(counts), shape: [cells, 1] },
  });
  await program.close();
  return results;
}

const counts = Float32Array.from([0, 0, 1, 2, 0, 5, 0, 40, 3, 12, 900, 0, 1, 77, 2500]);

test('the loss is minus the log likelihood', async () => {
  const values = drawValues();
  const { loss } = await run(values, counts);
  const [means, thetas] = [meansOf(values), thetasOf(values)];
  for (let i = 0; i < cells; i++) {
    let expected = 0;
    let size = 0;
    for (let g = 0; g < genes; g++) {
      const x = counts[i * genes + g];
      const logLikelihood = logProbability(x, means[i][g], thetas[i][g]);
      expected -= logLikelihood;
      // Large terms cancel: float32 is exact to a share of the largest of them.
      size += Math.abs(logLikelihood) + logFactorial(x);
    }
    assert.ok(Math.abs(loss[i] - expected) < 2e-5 * size + 1e-4, `cell ${i}: ${loss[i]}, not ${expected}`);
  }
});

test('the distribution has the means and dispersions of the loss, and the means add up to the library', async () => {
  const values = drawValues();
  const { mean, theta } = await run(values, counts);
  const means = meansOf(values).flat();
  means.forEach((expected, k) => {
    assert.ok(Math.abs(mean[k] / expected - 1) < 1e-4);
  });
  const thetas = thetasOf(values).flat();
  thetas.forEach((expected, k) => {
    assert.ok(Math.abs(theta[k] / expected - 1) < 1e-4);
  });
  values.logLibrary.forEach((library, i) => {
    const total = mean.subarray(i * genes, (i + 1) * genes).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total / Math.exp(library) - 1) < 1e-5);
  });
});

test('of genes that are all but Poisson the loss keeps its digits', async () => {
  const values = {
    ...drawValues(),
    dispersion: new Float32Array(genes).fill(1),
    exponent: Float32Array.of(0),
  };
  values.logLibrary.fill(Math.log(4));
  const few = Float32Array.from([0, 0, 1, 2, 0, 5, 0, 1, 3, 0, 0, 0, 1, 0, 2]);
  const { loss } = await run(values, few);
  const means = meansOf(values);
  for (let i = 0; i < cells; i++) {
    const expected = means[i].map((mean, g) => -logProbability(few[i * genes + g], mean, Math.exp(8)));
    const sum = expected.reduce((total, term) => total + term, 0);
    // Two log Gammas of e^8 have no digit below 2e-3.
    assert.ok(Math.abs(loss[i] - sum) < 5e-4, `cell ${i}: ${loss[i]}, not ${sum}`);
  }
});

test('inverse dispersions are held between e^-12 and e^8', async () => {
  const values = { ...drawValues(), dispersion: Float32Array.of(-100, 100, -1, 1, 0) };
  const { theta } = await run(values, counts);
  for (let i = 0; i < cells; i++) {
    const own = theta.subarray(i * genes, (i + 1) * genes);
    assert.ok(Math.abs(own[0] / Math.exp(-12) - 1) < 1e-5, `${own[0]}`);
    assert.ok(Math.abs(own[1] / Math.exp(8) - 1) < 1e-5, `${own[1]}`);
  }
});

test('extreme dispersions and cells without counts keep the loss finite', async () => {
  const values = { ...drawValues(), dispersion: Float32Array.of(-100, 100, -1, 1, 0) };
  for (const x of [counts, new Float32Array(counts.length), counts.map((count) => 100 * count)]) {
    const { loss } = await run(values, x);
    assert.ok(loss.every(Number.isFinite), `${loss}`);
  }
});

test('the proportions start at those of the training cells, with one count spread over them all', () => {
  const values = {
    ...({ format: 'csr', rows: 2, cols: 3 } as const),
    indptr: Float64Array.of(0, 2, 3),
    indices: Int32Array.of(0, 2, 2),
    data: Float32Array.of(3, 1, 5),
  };
  const start = negativeBinomial.startingValues({ values, librarySize: Float64Array.of(4, 5) } as never);
  const proportions = Array.from(start.get('proportions.bias')!, Math.exp);
  const all = 9 + 3 / 2;
  [3.5 / all, 0.5 / all, 6.5 / all].forEach((expected, gene) => {
    assert.ok(Math.abs(proportions[gene] - expected) < 1e-6);
  });
});

test('dispersions start at the moments of the training cells, zeros included', () => {
  const [rows, cols] = [500, 3];
  const random = stream(6, 'cells of known dispersion');
  const data = Float32Array.from({ length: rows * cols }, (_, k) =>
    random.negativeBinomial(4 + (k % cols), [0.4, 2, 30][k % cols]),
  );
  const values = compressRows({ format: 'dense', rows, cols, data });
  const librarySize = librarySizes(values);
  const { theta, logProportions } = countMoments({ values, librarySize } as never);
  for (let g = 0; g < cols; g++) {
    let [squares, excess] = [0, 0];
    for (let cell = 0; cell < rows; cell++) {
      const mu = librarySize[cell] * Math.exp(logProportions[g]);
      squares += mu * mu;
      excess += (data[cell * cols + g] - mu) ** 2 - mu;
    }
    const expected = excess > 0 ? Math.min(1000, Math.max(0.01, squares / excess)) : 1000;
    assert.ok(Math.abs(theta[g] / expected - 1) < 1e-6, `${theta[g]}, not ${expected}`);
  }
  const start = negativeBinomial.startingValues({ values, librarySize } as never);
  assert.deepEqual([...start.keys()].sort(), ['dispersion', 'exponent', 'proportions.bias']);
  const exponent = 3 * start.get('exponent')![0];
  assert.ok(Math.abs(exponent - 0.5) < 1e-6);
  const size = librarySize.reduce((sum, own) => sum + own, 0) / rows;
  for (let g = 0; g < cols; g++) {
    const logTheta = 10 * start.get('dispersion')![g] + exponent * (logProportions[g] + Math.log(size));
    assert.ok(Math.abs(logTheta - Math.log(theta[g])) < 1e-5, `${logTheta} of gene ${g}`);
  }
});

test('a drawn cell has exactly the library size of its means', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0.05, max: 50, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (means, theta, seed) => {
        const out = new Float32Array(means.length);
        const arrays = {
          mean: Float32Array.from(means),
          theta: new Float32Array(means.length).fill(theta),
        };
        negativeBinomial.sample(stream(seed, 'exact library'), arrays, 0, out);
        const total = out.reduce((sum, count) => sum + count, 0);
        const wanted = arrays.mean.reduce((sum, mean) => sum + mean, 0);
        assert.ok(Math.abs(total - wanted) <= 0.5 + 1e-3, `${total}, not ${wanted}`);
        assert.ok(out.every((count) => count >= 0 && Number.isInteger(count)));
      },
    ),
  );
});

test('counts drawn for a library size keep their means, and their spread up to what the fixed sum takes', () => {
  const mean = Float32Array.from({ length: 60 }, (_, g) => 0.1 + (g % 6));
  const theta = Float32Array.from({ length: 60 }, (_, g) => (g % 2 === 0 ? 1 : 8));
  const draws = 8000;
  const sums = new Float64Array(60);
  const squares = new Float64Array(60);
  const out = new Float32Array(60);
  for (let draw = 0; draw < draws; draw++) {
    negativeBinomial.sample(stream(5, 'drawn counts', draw), { mean, theta }, 0, out);
    out.forEach((count, g) => {
      sums[g] += count;
      squares[g] += count * count;
    });
  }
  mean.forEach((m, g) => {
    const variance = m + m ** 2 / theta[g];
    const found = sums[g] / draws;
    assert.ok(Math.abs(found - m) < 5 * Math.sqrt(variance / draws) + 0.04 * m, `${found}, not ${m}`);
    const spread = squares[g] / draws - found ** 2;
    assert.ok(spread > 0.75 * variance && spread < 1.1 * variance, `${spread}, not ${variance}`);
  });
});
