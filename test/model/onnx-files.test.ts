import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Program } from '../../src/graph/program.js';
import { writeH5ad } from '../../src/io/write.js';
import { denoiserOutputs, readoutOutputs } from '../../src/model/export-onnx.js';
import { readModel } from '../../src/model/model-file.js';
import { train } from '../../src/model/train.js';
import { stream } from '../../src/random/stream.js';
import { smallTissue } from './small-tissue.js';

const engine = { device: 'cpu', threads: 1 } as const;
const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const path = (name: string) => join(folder, name);

before(async () => {
  await writeH5ad(path('data.h5ad'), smallTissue());
  // So many steps that the last layer, which starts at zero, says something.
  const options = { steps: 30, threads: 1, learningRate: 3e-3, labelKeys: ['cell_type'] };
  await train(path('data.h5ad'), { ...options, out: path('run') });
});
after(() => rmSync(folder, { recursive: true }));

function normals(purpose: string, ...shape: number[]): { data: Float32Array; shape: number[] } {
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
  stream(11, purpose).fillNormal(data);
  return { data, shape };
}

type Feeds = Record<string, { data: Float32Array; shape: number[] }>;

/** What a plain ONNX runtime makes of a file. */
async function runFile(file: string, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(file);
  assert.deepEqual(session.inputNames, Object.keys(feeds), 'in the order that docs/run-folder.md has');
  const values = Object.entries(feeds).map(([name, { data, shape }]) => [
    name,
    new Tensor('float32', data, shape),
  ]);
  const results = await session.run(Object.fromEntries(values));
  const arrays = Object.entries(results).map(([name, value]) => [name, value.data as Float32Array]);
  await session.release();
  return Object.fromEntries(arrays);
}

function assertNear(found: Float32Array, expected: Float32Array): void {
  assert.equal(found.length, expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(scale > 1e-3, 'the output says something');
  const furthest = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  assert.ok(furthest < 1e-5 * scale, `${furthest} of ${scale}`);
}

test('denoiser.onnx runs alone, for any number of rows, and predicts what generation sees', async () => {
  const { description, weights } = await readModel(path('run/model.safetensors'));
  const { width, conditionWidth } = description.denoiser;
  const program = await Program.compile(
    denoiserOutputs(description.denoiser),
    engine,
    weights.get('denoiser')!,
  );
  for (const rows of [1, 3, 65]) {
    const feeds: Feeds = {
      x: normals('x', rows, width),
      t: { data: Float32Array.from({ length: rows }, (_, i) => (37 * i + 500) % 1000), shape: [rows] },
      condition: { data: new Float32Array(rows * conditionWidth), shape: [rows, conditionWidth] },
    };
    for (let i = 1; i < rows; i++) feeds.condition.data[i * conditionWidth + (i % conditionWidth)] = 1;
    const alone = await runFile(path('run/denoiser.onnx'), feeds);
    assert.deepEqual(Object.keys(alone), ['prediction']);
    assertNear(alone.prediction, (await program.run(feeds)).prediction);
  }
  await program.close();
});

test("readout.onnx runs alone and gives each gene's distribution", async () => {
  const { description, weights } = await readModel(path('run/model.safetensors'));
  assert.ok(description.state.kind === 'latent');
  const { autoencoder, readout } = description.state;
  const program = await Program.compile(
    readoutOutputs(autoencoder, readout),
    engine,
    weights.get('autoencoder')!,
  );
  for (const rows of [1, 9]) {
    const logLibrary = Float32Array.from({ length: rows }, (_, i) => Math.log(50 + 10 * i));
    const feeds: Feeds = {
      z: normals('z', rows, autoencoder.latent),
      labels: { data: new Float32Array(rows * autoencoder.labels), shape: [rows, autoencoder.labels] },
      logLibrary: { data: logLibrary, shape: [rows, 1] },
    };
    for (let i = 1; i < rows; i++) feeds.labels.data[i * autoencoder.labels + (i % autoencoder.labels)] = 1;
    const alone = await runFile(path('run/readout.onnx'), feeds);
    const expected = await program.run(feeds);
    assert.deepEqual(Object.keys(alone).sort(), ['mean', 'theta']);
    for (const name of ['mean', 'theta']) assertNear(alone[name], expected[name]);
    // A cell's expected counts add up to its library size.
    for (let i = 0; i < rows; i++) {
      const own = alone.mean.subarray(i * autoencoder.genes, (i + 1) * autoencoder.genes);
      const total = own.reduce((sum, mean) => sum + mean, 0);
      assert.ok(Math.abs(total / (50 + 10 * i) - 1) < 1e-4);
    }
  }
  await program.close();
});
