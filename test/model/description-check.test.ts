import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Preprocessing } from '../../src/counts/preprocessing.js';
import { FileError } from '../../src/errors.js';
import { sizeOf } from '../../src/graph/tensor.js';
import { decoderKinds, modelSizes } from '../../src/model/choices.js';
import { labelWidth } from '../../src/model/decoder-labels.js';
import { type ModelDescription, presetNames } from '../../src/model/description.js';
import { checkedDescription } from '../../src/model/description-check.js';
import { neededParameters } from '../../src/model/export-onnx.js';
import { JsonField } from '../../src/model/json-field.js';
import { conditionWidth, type LabelSpace } from '../../src/model/labels.js';
import { readModel, writeModel } from '../../src/model/model-file.js';
import { denoiserOf, presets, stateSpaceOf, stateWidth } from '../../src/model/presets.js';
import { initialWeights } from '../../src/nn/params.js';
import { changedAt, redescribed, waysIn } from './damaged-description.js';
import { smallDescription } from './small-description.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const model = join(folder, 'model.safetensors');
const copy = join(folder, 'copy.safetensors');

before(async () => {
  const parts = [...neededParameters(smallDescription)].map(([part, params]) => {
    const shapes = new Map(params.map(({ name, tensor }) => [name, tensor.shape as readonly number[]]));
    return [part, { weights: initialWeights(params, 1), averages: null, shapes }] as const;
  });
  await writeModel(model, {
    description: smallDescription,
    parts: new Map(parts),
    standardisation: {
      mean: new Float32Array(3),
      deviation: new Float32Array(3).fill(1),
      library: {
        logs: Float32Array.of(1, 2),
        scores: Float32Array.of(-1, 1),
        places: Float32Array.of(-1, 1),
      },
    },
    clusterCentres: { format: 'dense', rows: 2, cols: 3, data: new Float32Array(6) },
  });
});
after(() => rmSync(folder, { recursive: true }));

/** Of a processor; a sound description of this size takes milliseconds. */
const LONGEST_MILLISECONDS = 1000;

/** The refusal of a model so described, null where it is read. */
async function refusalOf(description: unknown): Promise<FileError | null> {
  writeFileSync(copy, redescribed(readFileSync(model), description));
  const before = process.cpuUsage();
  try {
    await requireWhole();
    return null;
  } catch (error) {
    assert.ok(error instanceof FileError, `${error}`);
    return error;
  } finally {
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < LONGEST_MILLISECONDS, JSON.stringify(description));
  }
}

async function requireWhole(): Promise<void> {
  const { description, weights } = await readModel(copy);
  for (const [part, params] of neededParameters(description)) {
    for (const { name, tensor } of params) {
      assert.equal(weights.get(part)?.get(name)?.length, sizeOf(tensor.shape), `${part}.${name}`);
    }
  }
}

const whole = (most: string | number) => `a whole number from 1 to ${most}`;
const genes = 'preprocessing';

/** What a field is changed to (undefined: left out), and what is said of it. */
const damages: readonly (readonly [way: string, value: unknown, problem: string | RegExp])[] = [
  ['', null, 'it is null and must be an object'],
  ['', [1, 2], 'it is [1,2] and must be an object'],
  ['preset', 'crate2', /^preset is "crate2" and must be one of crate, crate-genes/],
  ['preset', 'constructor', /^preset is "constructor" and must be one of/],
  ['preset', 'latent-dit', 'denoiser.kind is "crate" and must be "latent-dit"'],
  ['preset', 'wbdit', 'state.kind is "latent" and must be "genes"'],
  [genes, undefined, `${genes} is missing and must be an object`],
  [
    `${genes}.kind`,
    'scaled',
    `${genes}.kind is "scaled" and must be one of counts, lognormalised, normalised`,
  ],
  [`${genes}.kind`, 'normalised', 'state.readout is "negative-binomial" and must be "hurdle"'],
  [`${genes}.targetSum`, null, `${genes}.targetSum is null and must be a number above 0`],
  [`${genes}.targetSum`, -1, `${genes}.targetSum is -1 and must be a number above 0`],
  [`${genes}.flavour`, 7, `${genes}.flavour is 7 and must be seurat_v3 or cell_ranger`],
  [
    `${genes}.geneNames`,
    ['a', 'a', 'b'],
    /^preprocessing.geneNames is \["a","a","b"\] and must be .* each once$/,
  ],
  [`${genes}.geneNames`, ['a', 'b'], /^preprocessing.geneIndices is \[0,4,8\] and must be a list of 2 /],
  [`${genes}.geneNames`, 'abc', /^preprocessing.geneNames is "abc" and must be a list of gene names/],
  [`${genes}.geneNames.1`, 4, /^preprocessing.geneNames is \[/],
  [`${genes}.geneIndices.2`, 9, /^preprocessing.geneIndices .* a list of 3 rising places below 9$/],
  [`${genes}.geneIndices.2`, 1, /^preprocessing.geneIndices /],
  [`${genes}.sourceGenes`, 2, `${genes}.sourceGenes is 2 and must be a whole number from 3 on`],
  [`${genes}.mean`, [1, 2], /^preprocessing.mean is \[1,2\] and must be a list of 3 numbers, or null$/],
  [`${genes}.mean`, [1, 2, 3], /^preprocessing.std is null and must be a list of 3 numbers above 0$/],
  [`${genes}.std`, [1, 1, 1], `${genes}.std is [1,1,1] and must be null`],
  ['labels', 'none', 'labels is "none" and must be an object'],
  ['labels.keys', {}, 'labels.keys is an object and must be a list'],
  ['labels.keys.0.names', [], 'labels.keys[0].names is [] and must be a list of names, each once'],
  ['labels.keys.0.ordered', 'yes', 'labels.keys[0].ordered is "yes" and must be true, or left out'],
  ['labels.keys.0', null, 'labels.keys[0] is null and must be an object'],
  ['labels.clusters', -1, /^labels.clusters is -1 and must be a whole number from 0 to \d+$/],
  ['labels.clusters', 1, /^labels.combinations\[1\].codes is \[2,1\] and must be a list of 2 codes/],
  ['labels.clusters', 1e7, /^labels.clusters is 10000000 and must/],
  ['labels.clusters', 3, 'denoiser.conditionWidth is 5 and must be 6'],
  ['labels.combinations', [], 'labels.combinations is [] and must be a list of one or more'],
  ['labels.combinations.0.codes', [0], /^labels.combinations\[0\].codes is \[0\] and must be a list of 2/],
  ['labels.combinations.0.codes.0', 3, /^labels.combinations\[0\].codes /],
  ['labels.combinations.0.cells', null, /cells is null and must be a whole number from 1 on$/],
  ['labels.combinations.1.cells', 0.5, /cells is 0.5 and must be a whole number from 1 on$/],
  ['state.kind', '__proto__', 'state.kind is "__proto__" and must be "latent"'],
  ['state.readout', 'poisson', 'state.readout is "poisson" and must be "negative-binomial"'],
  ['state.autoencoder', undefined, 'state.autoencoder is missing and must be an object'],
  ['state.autoencoder.genes', 4, 'state.autoencoder.genes is 4 and must be 3'],
  ['state.autoencoder.labels', 0, 'state.autoencoder.labels is 0 and must be 3'],
  [
    'state.autoencoder.latent',
    1e9,
    /^state.autoencoder.latent is 1000000000 and must be a whole number from 1/,
  ],
  ['state.autoencoder.latent', 3, 'denoiser.width is 3 and must be 4'],
  ['state.autoencoder.hidden', '4', /^state.autoencoder.hidden is "4" and must be a whole/],
  ['state.autoencoder.decoder.kind', 'dense', /must be one of sparse, raising, mlp$/],
  ['state.autoencoder.decoder.kind', 'mlp', /^state.autoencoder.decoder.hidden is missing and must be/],
  ['state.autoencoder.decoder.atoms', 2 ** 40, /^state.autoencoder.decoder.atoms is 1099511627776/],
  ['denoiser.kind', 'toString', 'denoiser.kind is "toString" and must be "crate"'],
  ['denoiser.width', 1e8, 'denoiser.width is 100000000 and must be 3'],
  ['denoiser.dim', 1e9, /^denoiser.dim is 1000000000 and must be a whole number from 1 to \d\d$/],
  ['denoiser.depth', 1e8, /^denoiser.depth is 100000000 and must be a whole number from 1 to \d\d$/],
  ['denoiser.depth', 0, new RegExp(`^denoiser.depth is 0 and must be ${whole('')}`)],
  ['denoiser.heads', 3, 'denoiser.heads is 3 and must be a whole number that divides 8'],
  ['denoiser.heads', 2.5, 'denoiser.heads is 2.5 and must be a whole number that divides 8'],
  ['denoiser.tokens', 1e9, /^denoiser.tokens is 1000000000 and must be/],
  ['denoiser.atoms', 1e9, /^denoiser.atoms is 1000000000 and must be/],
  ['denoiser.atoms', undefined, /^denoiser.atoms is missing and must be/],
  ['diffusion.schedule', 'sigmoid', /^diffusion.schedule is "sigmoid" and must be one of linear,/],
  ['diffusion.parameterisation', null, 'diffusion.parameterisation is null and must be one of eps, x0, v'],
  [
    'diffusion.weighting',
    ['uniform'],
    /^diffusion.weighting is \["uniform"\] and must be uniform or min-snr$/,
  ],
  ['sampling.sampler', 'euler', 'sampling.sampler is "euler" and must be one of dpmpp, ddim, ddpm'],
  ['sampling.steps', 1e9, `sampling.steps is 1000000000 and must be ${whole(1000)}`],
  ['sampling.guidance', null, 'sampling.guidance is null and must be a number of 0 or more'],
  ['sampling.guidedShare', 1.5, 'sampling.guidedShare is 1.5 and must be a share from 0 to 1, or left out'],
  ['preprocessing', [[]], 'preprocessing is a list of 1 and must be an object'],
  ['trainedOn.cells', -3, 'trainedOn.cells is -3 and must be a whole number from 1 on'],
  ['trainedOn.sha256', { a: 1 }, 'trainedOn.sha256 is an object and must be text'],
];

for (const [way, value, problem] of damages) {
  const inShort = JSON.stringify(value)?.slice(0, 30) ?? 'left out';
  test(`a description with ${way || 'all of it'} ${inShort} is refused by name`, async () => {
    const refusal = await refusalOf(changedAt(smallDescription, way === '' ? [] : way.split('.'), value));
    assert.ok(refusal !== null, 'it was read');
    assert.equal(refusal.file, copy);
    assert.equal(refusal.remedy, 'Train the model again, or take the file from a sound copy');
    const [, said] = /^has a damaged model description: (.*)$/.exec(refusal.problem)!;
    if (typeof problem === 'string') assert.equal(said, problem);
    else assert.match(said, problem);
  });
}

test('sizes that are possible but not those of the arrays: the array is named', async () => {
  for (const [way, value, array] of [
    ['denoiser.dim', 4, 'denoiser.t_embedder.mlp.0.weight'],
    ['denoiser.tokens', 3, 'denoiser.tokens.weight'],
    ['state.autoencoder.hidden', 5, 'autoencoder.encoder.0.weight'],
    ['state.autoencoder.decoder.atoms', 7, 'autoencoder.decoder.code.weight'],
  ] as const) {
    const refusal = await refusalOf(changedAt(smallDescription, way.split('.'), value));
    assert.equal(refusal?.problem, `is incomplete: ${array} is missing or of another size`);
  }
});

test('whatever stands at a field, a model is read whole or refused in a sentence', async () => {
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(0, -1, 1, 2, 1e9, 1e308));
  const name = fc.constantFrom('__proto__', 'constructor', 'genes', 'mlp', 'dit', 'ddim', 'linear', '');
  const value = fc.oneof(number, name, fc.jsonValue(), fc.constant(undefined));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...waysIn(smallDescription)), value, async (way, other) => {
      const refusal = await refusalOf(changedAt(smallDescription, way, other));
      if (refusal === null) return;
      assert.match(refusal.problem, /^(has a damaged model description: |is incomplete: )/);
      assert.ok(refusal.message.length < 500 && !refusal.message.includes('\n'), refusal.message);
    }),
    { numRuns: 400 },
  );
});

/** Genes and labels as training would find them. */
function foundIn(kind: Preprocessing['kind'], isScaled: boolean, isLabelled: boolean) {
  const count = 31;
  const all = Array.from({ length: count }, (_, gene) => gene);
  const preprocessing: Preprocessing = {
    ...{ kind, matrix: 'X', flavour: 'cell_ranger', sourceGenes: 40 },
    targetSum: kind === 'lognormalised' ? null : 812,
    geneNames: all.map((gene) => `gene${gene}`),
    geneIndices: all.map((gene) => gene + 9),
    mean: isScaled ? all.map((gene) => gene / 7 - 1) : null,
    std: isScaled ? all.map((gene) => gene + 0.5) : null,
  };
  const keys = isLabelled ? [{ key: 'stage', names: ['early', 'late'], ordered: true as const }] : [];
  return { count, preprocessing, keys };
}

test('what each preset describes is accepted: every size, decoder and kind of data, with labels and without', () => {
  let described = 0;
  for (const preset of presetNames) {
    const { space, diffusion, sampling } = presets[preset];
    for (const kind of ['counts', 'lognormalised', 'normalised'] as const) {
      for (const isLabelled of [true, false]) {
        for (const size of space === 'latent' ? modelSizes : (['base'] as const)) {
          for (const decoder of space === 'genes' ? (['sparse'] as const) : decoderKinds) {
            for (const clusters of space === 'genes' ? [0] : [0, 12]) {
              const { count, preprocessing, keys } = foundIn(kind, space === 'genes', isLabelled);
              const codes = [...keys.map(() => -1), ...(clusters > 0 ? [clusters - 1] : [])];
              const labels: LabelSpace = { keys, clusters, combinations: [{ codes, cells: 9 }] };
              const state = stateSpaceOf(preset, kind, count, decoder, size, { labels: labelWidth(labels) });
              const description: ModelDescription = {
                ...{ preset, preprocessing, labels, state, diffusion, sampling },
                denoiser: denoiserOf(preset, stateWidth(state, count), conditionWidth(labels)),
                trainedOn: smallDescription.trainedOn,
              };
              assert.deepEqual(accepted(description), description);
              described++;
            }
          }
        }
      }
    }
  }
  assert.equal(described, 2 * 72 + 36 + 18);
});

/** A file of the fewest arrays that hold such a model. */
function accepted(description: ModelDescription): ModelDescription {
  const sizes = [...neededParameters(description).values()].flat().map(({ tensor }) => sizeOf(tensor.shape));
  const stored = { arrays: sizes.length, values: sizes.reduce((sum, size) => sum + size, 0) };
  const read = new JsonField(
    JSON.parse(JSON.stringify(description)),
    (problem) => new FileError('file', problem, ''),
  );
  return checkedDescription(read, stored);
}
