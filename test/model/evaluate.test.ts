import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import type { DenseMatrix } from '../../src/io/anndata.js';
import { type Contents, writeH5ad } from '../../src/io/write.js';
import type { Evaluation } from '../../src/metrics/evaluation.js';
import { type EvaluateOptions, evaluate, type WorkProgress } from '../../src/model/evaluate.js';
import { storedProgrammes } from '../../src/model/evaluated-programmes.js';
import { stream } from '../../src/random/stream.js';
import { temporaryFolder } from '../temporary-folder.js';
import { logNormalisedTissue, smallTissue } from './small-tissue.js';

const shape = { cells: 80, genes: 40 };
const real = smallTissue({ ...shape, seed: 1 });
const train = smallTissue({ ...shape, seed: 2 });

type Tissue = typeof real;

/** Writes each of the files and evaluates them. */
async function evaluated(
  t: TestContext,
  files: { readonly real: Contents; readonly generated: Contents; readonly train?: Contents },
  options: Partial<EvaluateOptions> = {},
): Promise<Evaluation> {
  const folder = temporaryFolder(t);
  const paths: { real: string; generated: string; train?: string } = { real: '', generated: '' };
  for (const name of ['real', 'generated', 'train'] as const) {
    const contents = files[name];
    if (contents === undefined) continue;
    paths[name] = join(folder, `${name}.h5ad`);
    await writeH5ad(paths[name], contents);
  }
  return await evaluate({ ...paths, threads: 1, ...options });
}

/** Each gene's counts dealt out to the cells anew: every gene is as it was, and no two go together. */
function shuffledGenes({ X, ...rest }: Tissue): Contents {
  const data = X.data.slice();
  for (let gene = 0; gene < X.cols; gene++) {
    const rows = stream(3, 'shuffled gene', gene).shuffle(
      Int32Array.from({ length: X.rows }, (_, row) => row),
    );
    rows.forEach((row, cell) => {
      data[cell * X.cols + gene] = X.data[row * X.cols + gene];
    });
  }
  return { ...rest, X: { ...X, data } };
}

function firstGenes({ X, var: genes, ...rest }: Tissue, from: number, to: number): Contents {
  const data = new Float32Array(X.rows * (to - from));
  for (let cell = 0; cell < X.rows; cell++) {
    data.set(X.data.subarray(cell * X.cols + from, cell * X.cols + to), cell * (to - from));
  }
  const matrix: DenseMatrix = { format: 'dense', rows: X.rows, cols: to - from, data };
  return { ...rest, X: matrix, var: { index: genes.index.slice(from, to), columns: new Map() } };
}

const figureOf = ({ figures }: Evaluation, key: string) => figures.find((figure) => figure.key === key)!;

test('other real cells are level with training cells, figure by figure, and every part of the report is filled', async (t) => {
  const progress: WorkProgress[] = [];
  const generated = smallTissue({ ...shape, seed: 4 });
  const found = await evaluated(
    t,
    { real, generated, train },
    { labelKey: 'cell_type', onProgress: (report) => progress.push(report) },
  );
  assert.ok(['indistinguishable', 'close'].includes(found.verdict.level), found.verdict.sentences.join(' '));
  assert.deepEqual([found.labelKey, found.values, found.seed], ['cell_type', 'counts', 0]);
  assert.deepEqual(found.genes, { shared: 40, onlyReal: 0, onlyGenerated: 0 });
  assert.equal(found.figures.length, 38);
  for (const { key, generated: own, control, baselines } of found.figures) {
    assert.ok(Number.isFinite(own.value) && own.n > 70 && own.n <= 80, key);
    const isHeldOutAlone = key === 'copied_share' || key === 'exact_copies';
    assert.equal(control === null, isHeldOutAlone, key);
    const isOfCounts = key.startsWith('library_size');
    const names =
      key === 'exact_copies' ? [] : ['Poisson per label', ...(isOfCounts ? [] : ['Gaussian PCA per label'])];
    assert.deepEqual([...baselines.keys()], names, key);
  }
  assert.deepEqual(figureOf(found, 'nearer_share').control?.value, 1);
  const rare = found.classes.find(({ label }) => label === 'rare')!;
  assert.deepEqual([rare.real, rare.forestAuroc, rare.foldChangeSlope], [1, null, null]);
  assert.ok(found.classes.filter(({ forestAuroc }) => forestAuroc !== null).length === 3);
  assert.equal(rare.nearerShare, null);
  for (const { label, toTrainingReal, toTrainingGenerated, nearerShare } of found.classes) {
    if (label === 'rare') continue;
    assert.ok(Math.abs(toTrainingReal! / toTrainingGenerated! - 1) < 0.2, label);
    assert.ok(nearerShare!.value > 0.2 && nearerShare!.value < 0.8, `${label}: ${nearerShare!.value}`);
  }
  assert.ok(found.markers.length > 0 && found.markers.every(({ gene }) => gene.startsWith('gene')));
  assert.equal(found.nearestTraining?.generated.length, 80);
  assert.equal(found.embedding?.coordinates.length, 2 * 160);
  const ofFile = found.embedding!.rows.map((row, i) => (found.embedding!.isGenerated[i] ? row : -1));
  assert.deepEqual(new Set(ofFile).size, 81);
  const codes = (real.obs.columns.get('cell_type') as { codes: Int32Array }).codes;
  found.embedding!.rows.forEach((row, i) => {
    assert.equal(
      found.embedding!.labels[found.embedding!.codes[i]],
      found.labelKey && found.classes[codes[row]].label,
    );
  });
  const fractions = progress.map(({ fraction }) => fraction);
  assert.deepEqual(
    fractions,
    fractions.slice().sort((a, b) => a - b),
  );
  assert.ok(Math.abs(fractions.at(-1)! - 1) < 1e-9, `ends at ${fractions.at(-1)}`);
});

test('training cells fed as generated ones are called copies', async (t) => {
  const found = await evaluated(t, { real, generated: train, train });
  assert.equal(found.verdict.level, 'copied');
  assert.equal(found.nearestTraining?.exactCopies, 80);
  assert.equal(figureOf(found, 'nearer_share').generated.value, 1);
  const placed = found.classes.filter(({ nearerShare }) => nearerShare !== null);
  assert.equal(placed.length, 3);
  for (const { label, toTrainingGenerated, nearerShare } of placed) {
    assert.deepEqual([toTrainingGenerated, nearerShare!.value], [0, 1], label);
  }
});

test('training cells that lost a few counts are called copies too', async (t) => {
  const thinned = train.X.data.map((count, i) => Math.max(0, count - (i % 10 === 0 ? 1 : 0)));
  const found = await evaluated(t, {
    ...{ real, train },
    generated: { ...train, X: { ...train.X, data: thinned } },
  });
  assert.equal(found.verdict.level, 'copied');
  assert.equal(found.nearestTraining?.exactCopies, 0);
});

describe('a matrix whose genes were shuffled', () => {
  test('is broken beside training cells', async (t) => {
    const found = await evaluated(t, { real, generated: shuffledGenes(real), train });
    assert.equal(found.verdict.level, 'broken', found.verdict.sentences.join(' '));
    assert.match(found.verdict.sentences.join(' '), /Genes do not go together/);
  });

  test('is broken without any', async (t) => {
    const found = await evaluated(t, { real, generated: shuffledGenes(real) });
    assert.equal(found.verdict.level, 'broken', found.verdict.sentences.join(' '));
    assert.deepEqual([found.train, found.nearestTraining], [null, null]);
    assert.ok(found.figures.every(({ control, baselines }) => control === null && baselines.size === 0));
  });
});

test('the same seed gives the same evaluation, whatever the threads', async (t) => {
  const files = { real, generated: smallTissue({ ...shape, seed: 4 }), train };
  const [one, two] = [await evaluated(t, files), await evaluated(t, files, { threads: 2 })];
  const paths = { real: null, generated: null, train: null };
  assert.deepEqual({ ...one, ...paths }, { ...two, ...paths });
});

test('genes are matched by name, and those that one side lacks are counted and warned of', async (t) => {
  const found = await evaluated(t, { real: firstGenes(real, 0, 30), generated: firstGenes(train, 10, 40) });
  assert.deepEqual(found.genes, { shared: 20, onlyReal: 10, onlyGenerated: 10 });
  assert.deepEqual(found.geneProfile.names, real.var.index.slice(10, 30));
  assert.match(
    found.warnings[0].problem,
    /^20 of 40 genes were compared; 10 only the real file has, 10 only/,
  );
});

/**
 * Programmes of a tissue: 0 is B cells' own genes and only they use it, 1 is genes of all types and a few cells of each use it,
 * 2 no cell uses.
 */
function withProgrammes(tissue: Tissue): Contents & { readonly varm: Map<string, DenseMatrix> } {
  const { rows, cols } = tissue.X;
  const loadings = Float32Array.from({ length: 3 * cols }, (_, at) => {
    const [gene, atom] = [Math.floor(at / 3), at % 3];
    return atom === 0 ? Number(gene % 4 === 0) : Number(gene < 10);
  });
  const code = Float32Array.from({ length: 3 * rows }, (_, at) => {
    const [cell, atom] = [Math.floor(at / 3), at % 3];
    return [cell % 3 === 0 && cell < rows - 1 ? 2 : 0, cell < 12 ? 1 : 0, 0][atom];
  });
  const matrix = (data: Float32Array): DenseMatrix => ({
    ...{ format: 'dense', rows: data.length / 3, cols: 3, data },
  });
  return {
    ...tissue,
    varm: new Map([['programs', matrix(loadings)]]),
    obsm: new Map([['X_programs', matrix(code)]]),
  };
}

test('programmes of a generated file are told with who uses them, and whether real cells have them', async (t) => {
  const generated = withProgrammes(smallTissue({ ...shape, seed: 4 }));
  const { programmes } = await evaluated(t, { real, generated }, { labelKey: 'cell_type' });
  assert.deepEqual(
    programmes!.map(({ programme }) => programme),
    [0, 1],
  );
  const [own, mixed] = programmes!;
  assert.ok(Math.abs(own.share - 27 / 80) < 1e-9 && Math.abs(mixed.share - 12 / 80) < 1e-9);
  assert.deepEqual(own.labels, [{ label: 'B cell', share: 1 }]);
  assert.equal(own.up.length, 10);
  assert.ok(own.up.every(({ gene }) => Number(gene.slice('gene'.length)) % 4 === 0));
  assert.ok(own.up.every(({ log2 }) => Math.abs(log2 - 2 / Math.LN2) < 1e-6));
  assert.ok(own.together.real > 0.4 && own.together.real > own.together.others + 0.3 && own.together.isReal);
  assert.ok(Math.abs(own.together.generated - own.together.real) < 0.1);
  assert.ok(mixed.together.real < 0.1 && !mixed.together.isReal);
});

test('of programmes, genes that real cells lack are left out', async (t) => {
  const generated = withProgrammes(smallTissue({ ...shape, seed: 4 }));
  const { programmes } = await evaluated(t, { real: firstGenes(real, 8, 40), generated });
  assert.deepEqual(programmes![1].up.map(({ gene }) => gene).sort(), ['gene8', 'gene9']);
});

test("a cell's codes are those of its row, whatever the order in which cells are drawn", async (t) => {
  const path = join(temporaryFolder(t), 'generated.h5ad');
  const generated = withProgrammes(smallTissue({ ...shape, seed: 4 }));
  await writeH5ad(path, generated);
  const rows = Int32Array.of(79, 3, 40, 0, 11);
  const { code, atoms } = (await storedProgrammes(path, rows))!;
  const whole = generated.obsm!.get('X_programs')!.data;
  assert.deepEqual(
    [...code],
    [...rows].flatMap((row) => [...whole.slice(row * atoms, (row + 1) * atoms)]),
  );
});

test('a file without programmes, with half of them or with codes below 0 has none', async (t) => {
  const { obsm, ...half } = withProgrammes(smallTissue({ ...shape, seed: 4 }));
  const negative = { ...obsm!.get('X_programs')!, data: new Float32Array(240).fill(-1) };
  const foreign = { ...half, obsm: new Map([['X_programs', negative]]) };
  const other = new Map([
    ['X_programs', { ...obsm!.get('X_programs')!, cols: 1, data: new Float32Array(80) }],
  ]);
  const path = join(temporaryFolder(t), 'generated.h5ad');
  for (const generated of [half, { ...half, obsm: other }, foreign, smallTissue({ ...shape, seed: 4 })]) {
    await writeH5ad(path, generated, { force: true });
    assert.equal(await storedProgrammes(path, Int32Array.of(0, 1)), null);
  }
});

test('what cannot be compared is refused in a sentence', async (t) => {
  const few = smallTissue({ ...shape, cells: 19 });
  const others = {
    ...train,
    var: { index: train.var.index.map((name) => `ENSG${name}`), columns: new Map() },
  };
  const unscaled = logNormalisedTissue(shape);
  const matrix = unscaled.X as Tissue['X'];
  const uneven = matrix.data.map((value, i) => value * (1 + Math.floor(i / shape.genes) / 100));
  const mixed = { ...unscaled, X: { ...matrix, data: uneven } };
  const cases: [Contents, RegExp][] = [
    [
      others,
      /no gene name is in all of them: the real file has gene0, gene1; the generated file has ENSGgene0/,
    ],
    [few, /generated\.h5ad: 19 cells are too few to compare/],
    [
      mixed,
      /different scales: counts in X of the real file; log-normalised values of cells without a common total/,
    ],
  ];
  for (const [generated, message] of cases) {
    await assert.rejects(evaluated(t, { real, generated }), { name: 'DataError', message });
  }
  await assert.rejects(
    evaluated(t, { real, generated: train }, { labelKey: 'nope' }),
    /no obs column 'nope'/,
  );
});

describe('log-normalised values with a common total', () => {
  let found: Evaluation;
  before(async () => {
    const t = { after: () => undefined } as unknown as TestContext;
    found = await evaluated(t, { real, generated: logNormalisedTissue({ ...shape, seed: 4 }) });
  });

  test('are compared with counts scaled to it', () => {
    assert.equal(found.values, 'log-normalised');
    assert.ok(figureOf(found, 'rf_auroc_genes').generated.value < 0.7);
    assert.ok(Math.abs(figureOf(found, 'mmd').generated.value) < 0.02);
  });

  test('have no library sizes', () => {
    assert.equal(found.cellProfile.real.librarySize, null);
    assert.ok(found.figures.every(({ key }) => !key.startsWith('library_size')));
  });
});

for (const threads of [1, 2]) {
  test(`an interruption ends the evaluation with its reason, on ${threads} threads`, async (t) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = evaluated(
      t,
      { real, generated: smallTissue({ ...shape, seed: 4 }), train },
      {
        ...{ threads, signal: controller.signal },
        onProgress: ({ fraction }) => fraction > 0.2 && controller.abort(reason),
      },
    );
    await assert.rejects(running, reason);
  });
}
