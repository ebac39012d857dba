import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import type { Preprocessing } from '../../src/counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../../src/counts/readout.js';
import { Program } from '../../src/graph/program.js';
import { withCalibratedSpread } from '../../src/model/calibrated-spread.js';
import { posteriorEncoding } from '../../src/model/encoding.js';
import { readoutOutputs } from '../../src/model/export-onnx.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [cells, genes, latent] = [1_200, 60, 2];
const size = { genes, latent, labels: 0, decoder: { kind: 'mlp', hidden: 8 } } as const;
const DISPERSION = 'readout.dispersion';

/** A decoder as it is before training, and cells that it would draw if its inverse dispersions were `factor` times what they are. */
async function decoderAndCells(factor: number, kind: ReadoutKind = 'negative-binomial') {
  const params = Params.create();
  const outputs = readoutOutputs(size, kind, params);
  const weights = initialWeights(params.list(), 5);
  const z = new Float32Array(cells * latent);
  stream(1, 'places').fillNormal(z);
  const librarySize = Float64Array.from({ length: cells }, (_, cell) => 100 + (cell % 7) * 30);
  const logLibrary = { data: Float32Array.from(librarySize, Math.log), shape: [cells, 1] };
  const program = await Program.compile(outputs, engine, weights);
  const arrays = await program.run({ z: { data: z, shape: [cells, latent] }, logLibrary });
  await program.close();
  const { spread, sample } = readoutOf(kind);
  const wide = spread ? spread.ofArrays(arrays, factor) : arrays;
  const data = new Float32Array(cells * genes);
  for (let cell = 0; cell < cells; cell++) {
    sample(stream(2, 'measured', cell), wide, cell, data.subarray(cell * genes, (cell + 1) * genes));
  }
  const autoencoder = { weights, averages: weights, shapes: new Map<string, readonly number[]>() };
  const encoded = {
    prepared: {
      preprocessing: {} as Preprocessing,
      values: toCsr({ format: 'dense', rows: cells, cols: genes, data }),
      librarySize,
    },
    labels: { space: { keys: [], clusters: 0, combinations: [] }, codes: new Int32Array(0) },
    encoding: posteriorEncoding({ mean: z, deviation: new Float32Array(z.length) }, cells),
  };
  return { autoencoder, encoded, kind };
}

const factorOf = (before: ReadonlyMap<string, Float32Array>, after: ReadonlyMap<string, Float32Array>) =>
  // ln theta is ten times the parameter.
  Math.exp(10 * (after.get(DISPERSION)![0]! - before.get(DISPERSION)![0]!));

for (const factor of [0.6, 0.85]) {
  test(`dispersions that are learned too small are found out by genes per cell: ${factor}`, async () => {
    const { autoencoder, encoded, kind } = await decoderAndCells(factor);
    const { weights, averages } = await withCalibratedSpread(autoencoder, encoded, size, kind, engine, 0);
    const found = factorOf(autoencoder.weights, averages!);
    assert.ok(Math.abs(found / factor - 1) < 0.1, `${found}`);
    assert.equal(factorOf(autoencoder.weights, weights), found);
    const dispersion = [averages!.get(DISPERSION)!, autoencoder.weights.get(DISPERSION)!] as const;
    dispersion[0].forEach((value, gene) => {
      assert.ok(Math.abs(value - dispersion[1][gene]! - Math.log(found) / 10) < 1e-6);
    });
    for (const [name, data] of autoencoder.weights) {
      if (name !== DISPERSION) assert.equal(averages!.get(name), data, name);
    }
  });
}

test('dispersions stay where cells have genes enough, and where there are no counts', async () => {
  for (const [factor, kind] of [
    [1.5, 'negative-binomial'],
    [1, 'hurdle'],
  ] as const) {
    const { autoencoder, encoded } = await decoderAndCells(factor, kind);
    const after = await withCalibratedSpread(autoencoder, encoded, size, kind, engine, 0);
    assert.equal(after, autoencoder);
  }
});

test('a factor far below is cut off at a half', async () => {
  const { autoencoder, encoded, kind } = await decoderAndCells(0.05);
  const { weights } = await withCalibratedSpread(autoencoder, encoded, size, kind, engine, 0);
  assert.ok(Math.abs(factorOf(autoencoder.weights, weights) - 0.5) < 1e-6);
});

test('where nearly all genes are found in all cells, or there are no cells, nothing is changed', async () => {
  const { autoencoder, encoded, kind } = await decoderAndCells(0.6);
  const deep = { ...encoded.prepared, librarySize: encoded.prepared.librarySize.map((size) => size * 1e4) };
  const few = {
    ...encoded.prepared,
    librarySize: new Float64Array(cells),
  };
  const averages = null;
  for (const prepared of [deep, few]) {
    const own = { ...encoded, prepared };
    const before = { ...autoencoder, averages };
    assert.equal(await withCalibratedSpread(before, own, size, kind, engine, 0), before);
  }
});
