import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as cellcrate from '../../src/index.js';
import { projectRoot } from '../shared.js';

/** What the package promises; a change here is a change for its users, and belongs in CHANGELOG.md. */
const values = [
  ...['inspect', 'split', 'train', 'generate', 'merge', 'evaluate', 'compare', 'explain', 'embed'],
  'version',
  ...['readH5ad', 'openH5ad', 'writeH5ad', 'writeH5adInBlocks'],
  ...['CellcrateError', 'FileError', 'DataError', 'OptionError', 'EngineError', 'DivergenceError'],
  ...['OverflowError', 'UnknownLayerError'],
  ...['linearSchedule', 'cosineSchedule', 'zeroTerminalSnr', 'lossWeights', 'targetWeights'],
  ...['toCleanAndNoise', 'samplerTimesteps', 'ddpm', 'ddim', 'dpmSolverPlusPlus2M'],
  ...['crate', 'wbdit', 'dit', 'latentDit', 'publishedSize', 'multiplyAdds'],
  ...['embedJointly', 'Params', 'parameterCount', 'initialWeights', 'input', 'Program'],
  ...['drawGaussianPca', 'fitGaussianPca', 'drawPoissonPerLabel', 'fitPoissonPerLabel', 'auroc'],
  ...['bootstrapInterval', 'cellProfile', 'kolmogorovSmirnov', 'pearson', 'spearman'],
  ...['geneDivergences', 'energyDistance', 'geneCorrelationAgreement', 'topVariableGenes', 'geneProfile'],
  ...['profileAgreement', 'meanOverGenes', 'forestLabels', 'labelTransfer', 'logisticLabels'],
  ...['manifoldScores', 'compareMarkers', 'contrastLabels', 'topMarkers', 'exactCopies'],
  ...['nearestTraining', 'trainingScores', 'mixingIndex', 'mmd', 'mmdLegacy', 'realBandwidth'],
  ...[
    'nearestNeighbours',
    'nearestNeighboursAmong',
    'principalComponents',
    'pooledPair',
    'forestTwoSampleTest',
  ],
  ...[
    'logisticTwoSampleTest',
    'neighbourTwoSampleTest',
    'slicedWasserstein',
    'unitDirections',
    'wassersteinPerGene',
  ],
  ...['writeReport', 'writeComparison', 'writeExplanation'],
];

const types = [
  ...['InspectOptions', 'Inspection', 'ChosenMatrix', 'ObsColumn', 'Spread', 'SplitOptions', 'SplitSummary'],
  ...['TrainOptions', 'TrainProgress', 'TrainSummary', 'PresetName', 'DeviceChoice', 'SizeChoice'],
  ...['HvgFlavour'],
  ...['GenerateOptions', 'GenerateProgress', 'GenerateSummary'],
  ...['MergeOptions', 'MergeProgress', 'MergeSummary'],
  ...['EvaluateOptions', 'WorkProgress', 'Figure', 'Estimate'],
  ...['CompareOptions', 'CompareProgress', 'CompareMessage', 'Comparison', 'TrialBudget'],
  ...['ExplainOptions', 'Explanation'],
  ...['EmbedOptions', 'EmbedSummary', 'EmbeddingMethod', 'EmbeddingProgress'],
  ...['AnnData', 'Matrix', 'CsrMatrix', 'DenseMatrix', 'DataFrame', 'UnsValue'],
  ...['Column', 'CategoricalColumn', 'StringColumn', 'NumericColumn', 'BooleanColumn'],
  ...['H5adFile', 'MatrixInfo', 'Contents', 'Annotation', 'RowBlock', 'WriteOptions'],
  ...['Schedule', 'ScheduleName', 'Parameterisation', 'LossWeighting', 'CleanAndNoise'],
  ...['Sampler', 'SamplerName', 'Denoise', 'Noise'],
  ...['Denoiser', 'CrateSize', 'LatentDitSize', 'GenePatchSize', 'Param', 'Tensor', 'Shape'],
  ...['ArrayValue', 'Device', 'EngineOptions', 'Evaluation', 'WrittenReport'],
];

test('the library exports these values and no others', () => {
  assert.deepEqual(Object.keys(cellcrate).sort(), [...values].sort());
});

test('the library exports these types and no others', () => {
  const text = readFileSync(join(projectRoot, 'src', 'index.ts'), 'utf8');
  const statements = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)];
  const found = statements.flatMap(([, all, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && (all !== undefined || name.startsWith('type ')))
      .map((name) => name.replace(/^type /, '')),
  );
  assert.deepEqual(found.sort(), [...types].sort());
});

test('the version in the code is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  assert.equal(cellcrate.version, version);
});

test('all that the front door needs to run a denoiser with a sampler comes through it', async () => {
  const { wbdit, Params, input, initialWeights, Program, linearSchedule, ddim, samplerTimesteps } = cellcrate;
  const [cells, genes] = [2, 16];
  const params = Params.create();
  const denoiser = wbdit({ width: genes, conditionWidth: 0, patch: 4, dim: 8, depth: 1, heads: 2 });
  const prediction = denoiser.predict(params, input('x', [cells, genes]), input('t', [cells]), null);
  const program = await Program.compile(
    { prediction },
    { device: 'cpu', threads: 1 },
    initialWeights(params.list(), 0),
  );

  const schedule = linearSchedule();
  const denoise: cellcrate.Denoise = async (x, t) => {
    const answer = await program.run({
      x: { data: x, shape: [cells, genes] },
      t: { data: new Float32Array(cells).fill(t), shape: [cells] },
    });
    return cellcrate.toCleanAndNoise('eps', answer.prediction, x, schedule.alphaBar[t]);
  };
  const start = new Float32Array(cells * genes).fill(0.5);
  const timesteps = samplerTimesteps('ddim', 4, schedule);
  const drawn = await ddim(0)(start, denoise, schedule, timesteps, () => new Float32Array(start.length));
  await program.close();

  // Last layers start at zero: the network finds no noise, and each step only rescales the rows, to x / signal.
  const expected = 0.5 / Math.sqrt(schedule.alphaBar[timesteps[0]]);
  for (const value of drawn) assert.ok(Math.abs(value / expected - 1) < 1e-4, `${value} is not ${expected}`);
});
