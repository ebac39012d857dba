import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AnnData, CsrMatrix, DenseMatrix } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { type GenerateOptions, type GenerateProgress, generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { evaluationsPerCell, type SamplingOptions, StateSampler } from '../../src/model/sampling.js';
import { smallTissue } from './small-tissue.js';
import { trainedTissue } from './trained-tissue.js';

const engine = { device: 'cpu', threads: 1 } as const;
// Enough for cells that heed their labels, far too few for good ones.
const { folder, path, run } = trainedTissue(150);

let files = 0;
async function generated(
  options: Omit<GenerateOptions, 'out'>,
): Promise<AnnData & { readonly file: string }> {
  const file = path(`generated${files++}.h5ad`);
  await generate(run, { out: file, steps: 5, threads: 1, ...options });
  return { ...(await readH5ad(file)), file };
}

/** Rows of a matrix that is read, densely. */
function denseRow(matrix: CsrMatrix | DenseMatrix, row: number): Float32Array {
  const out = new Float32Array(matrix.cols);
  if (matrix.format === 'dense') out.set(matrix.data.subarray(row * matrix.cols, (row + 1) * matrix.cols));
  else
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) out[matrix.indices[k]] = matrix.data[k];
  return out;
}

const countsOf = (data: AnnData) => data.layers.get('counts')!;

/** Share of values that differ, over the cells that both have. */
function changedShare(a: AnnData, b: AnnData): number {
  const cells = Math.min(a.obs.index.length, b.obs.index.length);
  let changed = 0;
  for (let cell = 0; cell < cells; cell++) {
    const other = denseRow(countsOf(b), cell);
    denseRow(countsOf(a), cell).forEach((count, gene) => {
      if (count !== other[gene]) changed++;
    });
  }
  return changed / (cells * a.var.index.length);
}

function labelsOf(data: AnnData, key: string): (string | null)[] {
  const column = data.obs.columns.get(key)!;
  assert.equal(column.kind, 'categorical');
  return column.kind === 'categorical'
    ? Array.from(column.codes, (code) => column.categories[code] ?? null)
    : [];
}

/** Rounding may move a count across a boundary between two values now and then. */
const ROUNDING_SHARE = 0.002;

test('the same call gives the same bytes', async () => {
  const options = { n: 40, seed: 4, labels: ['B cell'] };
  const [first, second] = [await generated(options), await generated(options)];
  assert.deepEqual(readFileSync(first.file), readFileSync(second.file));
});

test('another seed gives other cells', async () => {
  const [first, second] = [await generated({ n: 40, seed: 1 }), await generated({ n: 40, seed: 2 })];
  assert.ok(changedShare(first, second) > 0.3);
  assert.notDeepEqual(labelsOf(first, 'cell_type'), labelsOf(second, 'cell_type'));
});

test('another batch size gives the same cells', async () => {
  const whole = await generated({ n: 40 });
  for (const batchSize of [1, 7, 40]) {
    const parts = await generated({ n: 40, batchSize });
    assert.deepEqual(parts.obs, whole.obs);
    assert.ok(changedShare(parts, whole) <= ROUNDING_SHARE, `batch size ${batchSize}`);
  }
});

test('cell i is the same however many are asked for', async () => {
  for (const labels of [[], ['B cell'], ['d1,B cell']]) {
    const few = await generated({ n: 25, labels });
    const many = await generated({ n: 50, labels });
    assert.deepEqual(many.obs.index.slice(0, 25), few.obs.index);
    for (const key of ['cell_type', 'donor']) {
      assert.deepEqual(labelsOf(many, key).slice(0, 25), labelsOf(few, key));
    }
    assert.ok(changedShare(few, many) <= ROUNDING_SHARE, `labels ${labels}`);
  }
});

test('network evaluations of a cell: one a step, with guidance two at the last ones', () => {
  const evaluations = (guidance: number, hasLabels = true, guidedShare = 3 / 7) =>
    evaluationsPerCell(
      hasLabels,
      { schedule: 'cosine', parameterisation: 'v', weighting: 'uniform' },
      { sampler: 'dpmpp', steps: 14, guidance, guidedShare },
    );
  assert.deepEqual(
    [1.5, 1, 0.5, 0].map((guidance) => evaluations(guidance)),
    [20, 14, 28, 14],
  );
  assert.equal(evaluations(1.5, false), 14);
  assert.equal(evaluations(1.5, true, 1), 28);
});

test("a row of the state is its cell's own, to within 1e-4, for every sampler and with guidance", async () => {
  const model = await readModel(path('run/model.safetensors'));
  const cells = 12;
  const codes = Int32Array.from({ length: 2 * cells }, (_, i) => (i % 3) - (i % 2));
  const settings: readonly SamplingOptions[] = [
    { sampler: 'dpmpp', steps: 6, guidance: 1, seed: 9 },
    { sampler: 'dpmpp', steps: 6, guidance: 2.5, seed: 9 },
    { sampler: 'dpmpp', steps: 6, guidance: 2.5, guidedShare: 0.5, seed: 9 },
    { sampler: 'dpmpp', steps: 6, guidance: 0, seed: 9 },
    { sampler: 'ddim', steps: 6, guidance: 1, seed: 9 },
    { sampler: 'ddpm', steps: 6, guidance: 1, seed: 9 },
  ];
  const drawn = new Map<string, Float32Array>();
  for (const options of settings) {
    const sampler = await StateSampler.create(model, options, engine);
    const whole = await sampler.draw({ start: 0, cells, codes });
    assert.ok(whole.every(Number.isFinite));
    const width = whole.length / cells;
    const name = `${options.sampler} ${options.guidance} ${options.guidedShare}`;
    for (const [start, end] of [
      [0, 5],
      [5, 6],
      [6, 12],
    ]) {
      const own = codes.subarray(2 * start, 2 * end);
      const part = await sampler.draw({ start, cells: end - start, codes: own });
      part.forEach((value, i) => {
        const expected = whole[start * width + i];
        assert.ok(Math.abs(value - expected) < 1e-4 * Math.max(1, Math.abs(expected)), name);
      });
    }
    await sampler.close();
    drawn.set(name, whole);
  }
  assert.equal(new Set([...drawn.values()].map((rows) => rows[0])).size, settings.length, 'all differ');
});

test('the file has counts, their logarithms, labels by name and where it comes from', async () => {
  const data = await generated({
    n: 30,
    seed: 8,
    guidance: 1.5,
    sampler: 'ddim',
    labels: ['B cell=10', 'd1'],
  });
  const tissue = smallTissue();
  assert.deepEqual(data.var.index, tissue.var.index);
  assert.equal(new Set(data.obs.index).size, 30);
  const target = (data.uns.cellcrate as { target_sum: number }).target_sum;
  for (let cell = 0; cell < 30; cell++) {
    const counts = denseRow(countsOf(data), cell);
    const total = counts.reduce((sum, count) => sum + count, 0);
    assert.ok(counts.every((count) => Number.isInteger(count) && count >= 0));
    denseRow(data.X!, cell).forEach((value, gene) => {
      const expected = total === 0 ? 0 : Math.log1p((counts[gene] * target) / total);
      assert.ok(Math.abs(value - expected) < 1e-5);
    });
  }
  const provenance = data.uns.cellcrate as Record<string, unknown>;
  const { version: _version, target_sum: _target, trained_on: trainedOn, model, ...settings } = provenance;
  assert.deepEqual(settings, {
    preset: 'crate',
    synthetic: true,
    sampler: 'ddim',
    steps: 5,
    guidance: 1.5,
    guided_share: 3 / 7,
    seed: 8,
    label_keys: ['cell_type', 'donor'],
    n: 30,
    label_requests: ['B cell=10', 'd1'],
    values: 'counts',
  });
  const sha256 = createHash('sha256')
    .update(readFileSync(path('run/model.safetensors')))
    .digest('hex');
  assert.deepEqual({ ...(model as object) }, { sha256, seed: 0 });
  assert.equal((trainedOn as Record<string, unknown>).file, 'data.h5ad');
});

test('labels are drawn as often as in training, unlabelled cells and combinations too', async () => {
  const cells = 4000;
  const data = await generated({ n: cells, steps: 1 });
  const share = (wanted: string | null, key: string) =>
    labelsOf(data, key).filter((label) => label === wanted).length / cells;
  const near = (found: number, expected: number) =>
    assert.ok(
      Math.abs(found - expected) < 4 * Math.sqrt((expected * (1 - expected)) / cells),
      `${found}, not ${expected}`,
    );
  near(share(null, 'donor'), 1 / 4);
  near(share('d1', 'donor'), 1 / 2);
  near(share('rare', 'cell_type'), 1 / 48);
  near(share('B cell', 'cell_type'), 16 / 48);
});

test('exact counts are kept, in the order of the requests, and a label of one cell can be asked for', async () => {
  const labels = ['rare=3', 'd2,B cell=5', 'CD4-positive, alpha-beta T cell,donor:d1=4'];
  const data = await generated({ labels });
  const pairs = labelsOf(data, 'cell_type').map((type, i) => `${type}|${labelsOf(data, 'donor')[i]}`);
  assert.equal(pairs.length, 12);
  // The one rare cell of the training data belongs to d1.
  assert.deepEqual(new Set(pairs.slice(0, 3)), new Set(['rare|d1']));
  assert.deepEqual(new Set(pairs.slice(3, 8)), new Set(['B cell|d2']));
  assert.deepEqual(new Set(pairs.slice(8)), new Set(['CD4-positive, alpha-beta T cell|d1']));
});

test('labels matter: what is asked for is what is drawn', async () => {
  const markerShare = async (label: string, marker: number) => {
    const data = await generated({ n: 60, labels: [label], steps: 10 });
    let own = 0;
    let all = 0;
    for (let cell = 0; cell < 60; cell++) {
      denseRow(countsOf(data), cell).forEach((count, gene) => {
        all += count;
        if (gene % 4 === marker) own += count;
      });
    }
    return own / all;
  };
  const [asked, other] = [await markerShare('B cell', 0), await markerShare('Zelle µ=2', 0)];
  assert.ok(asked > other + 0.2, `${asked} of the counts are of markers, and ${other} in another type`);
});

test('an interruption and a failure leave no file', async () => {
  const before = readdirSync(folder);
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(generate(run, { n: 5, out: path('no.h5ad'), signal }), /enough/);
  const controller = new AbortController();
  const later = generate(run, {
    ...{ n: 400, batchSize: 10, steps: 2, out: path('no.h5ad'), signal: controller.signal },
    onProgress: () => controller.abort(new Error('later')),
  });
  await assert.rejects(later, /later/);
  assert.deepEqual(readdirSync(folder), before);
});

test('progress moves with every step, counts whole cells, and ends at the last one', async () => {
  const reports: GenerateProgress[] = [];
  await generated({ n: 25, batchSize: 10, onProgress: (report) => reports.push(report) });
  const ofBatch = (start: number, cells: number) => [
    ...[1, 2, 3, 4, 5].map((step) => [start, (start + (cells * step) / 5) / 25]),
    [start + cells, (start + cells) / 25],
  ];
  assert.deepEqual(
    reports.map(({ done, fraction }) => [done, fraction]),
    [...ofBatch(0, 10), ...ofBatch(10, 10), ...ofBatch(20, 5)],
  );
  assert.ok(reports.every(({ total, cellsPerSecond }) => total === 25 && cellsPerSecond > 0));
  assert.equal(reports.at(-1)?.etaSeconds, 0);
});

test("naming the model's own sampler changes nothing; another one brings its own steps", async () => {
  const taken = async (options: Partial<GenerateOptions>) => {
    const messages: string[] = [];
    const out = path(`steps${files++}.h5ad`);
    const onMessage = (line: string) => messages.push(line);
    await generate(run, { n: 3, out, threads: 1, onMessage, ...options });
    assert.match(messages[0], /^Model: preset crate, 23 genes, labels cell_type, donor$/);
    assert.equal(messages[1], 'Trained on 48 cells of data.h5ad');
    const { steps } = (await readH5ad(out)).uns.cellcrate as { steps: number };
    assert.match(messages[2], new RegExp(`, ${steps} steps, guidance 2, seed 0, on cpu, threads 1$`));
    return steps;
  };
  const { sampler, steps } = (await readModel(path('run/model.safetensors'))).description.sampling;
  assert.equal(sampler, 'dpmpp');
  assert.equal(await taken({}), steps);
  assert.equal(await taken({ sampler }), steps);
  assert.equal(await taken({ sampler, steps: 3 }), 3);
  assert.equal(await taken({ sampler: 'ddim' }), 100);
});

test('calls that make no sense are refused before anything is written', async () => {
  const before = readdirSync(folder);
  const wrong: readonly (readonly [Omit<GenerateOptions, 'out'>, RegExp])[] = [
    [{}, /^OptionError: -n: is missing/],
    [{ labels: ['B cell'] }, /^OptionError: --label: has no count/],
    [{ n: 5, labels: ['B cell=9'] }, /^OptionError: -n: 5 cells do not fit the 9/],
    [{ labels: ['B cell=0'] }, /^OptionError: .*no cells/],
    [{ labels: ['B cell=-3'] }, /^OptionError: .*no cells/],
    [
      { n: 3, labels: ['B cell=3', 'd1'] },
      /^OptionError: -n: 3 cells leave 0 for the labels without a count, of which there are 1/,
    ],
    [
      { n: 1, labels: ['B cell', 'd1'] },
      /^OptionError: -n: 1 cells leave 1 for the labels without a count, of which there are 2/,
    ],
    [{ labels: ['B cell=3'], guidance: 0 }, /^OptionError: --label: .*--guidance 0/],
    [{ n: 0 }, /^OptionError: -n: /],
    [{ n: 2.5 }, /^OptionError: -n: /],
    [{ n: 5, steps: 2000 }, /^OptionError: --steps: .*from 1 to 1000/],
    [{ n: 5, sampler: 'ddim', steps: 1 }, /^OptionError: --steps: .*from 2 to 1000/],
    [{ n: 5, batchSize: 0 }, /^OptionError: --batch-size: /],
    [{ n: 5, seed: -1 }, /^OptionError: .*seed: /],
    [{ n: 5, guidance: Number.NaN }, /^OptionError: --guidance: /],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(
      generate(run, { out: path('no.h5ad'), ...options }),
      message,
      JSON.stringify(options),
    );
    assert.deepEqual(readdirSync(folder), before);
  }
});
