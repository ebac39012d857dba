// biome-ignore-all assist/source/organizeImports: grouped by what they are for

// The tasks of the command line, as functions.
export type { HvgFlavour } from './counts/hvg/select-genes.js';
export type { EmbeddingMethod } from './embedding/embed-scores.js';
export type { EmbeddingProgress } from './embedding/tsne.js';
export type { TrialBudget } from './comparison/budget.js';
export {
  type CompareMessage,
  type CompareOptions,
  type CompareProgress,
  compare,
} from './comparison/compare.js';
export type { Comparison } from './comparison/comparison.js';
export type { Explanation } from './explain/explanation.js';
export { type ExplainOptions, explain } from './model/explain.js';
export type { PresetName } from './model/description.js';
export { type EmbedOptions, type EmbedSummary, embed } from './model/embed.js';
export { type EvaluateOptions, type WorkProgress, evaluate } from './model/evaluate.js';
export {
  type GenerateOptions,
  type GenerateProgress,
  type GenerateSummary,
  generate,
} from './model/generate.js';
export {
  type ChosenMatrix,
  type InspectOptions,
  type Inspection,
  inspect,
  type ObsColumn,
  type Spread,
} from './model/inspect.js';
export { type MergeOptions, type MergeProgress, type MergeSummary, merge } from './model/merge.js';
export { type SplitOptions, type SplitSummary, split } from './model/split.js';
export { type TrainSummary, train } from './model/train.js';
export type { DeviceChoice, SizeChoice } from './model/choices.js';
export type { TrainOptions, TrainProgress } from './model/train-options.js';
export { version } from './version.js';

// .h5ad files: whole, by rows, and larger than memory.
export type {
  AnnData,
  BooleanColumn,
  CategoricalColumn,
  Column,
  CsrMatrix,
  DataFrame,
  DenseMatrix,
  Matrix,
  NumericColumn,
  StringColumn,
  UnsValue,
} from './io/anndata.js';
export { type H5adFile, type MatrixInfo, openH5ad } from './io/h5ad-file.js';
export { readH5ad } from './io/read.js';
export {
  type Annotation,
  type Contents,
  type RowBlock,
  type WriteOptions,
  writeH5ad,
  writeH5adInBlocks,
} from './io/write.js';

// What may be thrown; all but programming mistakes are a CellcrateError.
export { EngineError } from './engine/errors.js';
export { UnknownLayerError } from './counts/choose-matrix.js';
export { CellcrateError, DataError, FileError, OptionError } from './errors.js';
export { OverflowError } from './model/overflow.js';
export { DivergenceError } from './model/training-loop.js';

// Diffusion: schedules and samplers are pure functions of any denoising function.
export { type LossWeighting, lossWeights } from './diffusion/loss-weight.js';
export {
  type CleanAndNoise,
  type Parameterisation,
  targetWeights,
  toCleanAndNoise,
} from './diffusion/parameterisation.js';
export { ddim } from './diffusion/samplers/ddim.js';
export { ddpm } from './diffusion/samplers/ddpm.js';
export { dpmSolverPlusPlus2M } from './diffusion/samplers/dpm-solver-pp.js';
export type { Denoise, Noise, Sampler } from './diffusion/samplers/sampler.js';
export {
  cosineSchedule,
  linearSchedule,
  type Schedule,
  type ScheduleName,
  zeroTerminalSnr,
} from './diffusion/schedule.js';
export { type SamplerName, samplerTimesteps } from './diffusion/timesteps.js';

// Denoisers: a function of symbolic rows, its parameters by name, and the program that runs it.
export { type CrateSize, crate } from './crate/crate.js';
export { wbdit } from './crate/wbdit.js';
export { dit } from './dit/dit.js';
export { type LatentDitSize, latentDit } from './dit/latent-dit.js';
export { multiplyAdds } from './graph/multiply-adds.js';
export type { Device, EngineOptions } from './engine/device.js';
export { type ArrayValue, Program } from './graph/program.js';
export { input, type Shape, type Tensor } from './graph/tensor.js';
export type { Denoiser } from './nn/denoiser.js';
export { initialWeights, type Param, Params, parameterCount } from './nn/params.js';
export { type GenePatchSize, publishedSize } from './nn/patches.js';

// Measures of generated beside held-out cells: pure functions of matrices, each with its formula and source.
export { drawGaussianPca, fitGaussianPca } from './baselines/gaussian-pca.js';
export { drawPoissonPerLabel, fitPoissonPerLabel } from './baselines/poisson-per-label.js';
export { embedJointly } from './embedding/joint.js';
export { auroc } from './metrics/auroc.js';
export { bootstrapInterval } from './metrics/bootstrap.js';
export { cellProfile, kolmogorovSmirnov } from './metrics/cell-profile.js';
export { pearson, spearman } from './metrics/correlation.js';
export { geneDivergences } from './metrics/divergence.js';
export { energyDistance } from './metrics/energy-distance.js';
export type { Estimate, Evaluation, Figure } from './metrics/evaluation.js';
export { geneCorrelationAgreement, topVariableGenes } from './metrics/gene-correlation.js';
export { geneProfile, profileAgreement } from './metrics/gene-profile.js';
export { meanOverGenes } from './metrics/gene-values.js';
export { forestLabels, labelTransfer, logisticLabels } from './metrics/label-transfer.js';
export { manifoldScores } from './metrics/manifold.js';
export { compareMarkers, contrastLabels, topMarkers } from './metrics/markers.js';
export { exactCopies, nearestTraining, trainingScores } from './metrics/memorisation.js';
export { mixingIndex } from './metrics/mixing.js';
export { mmd, mmdLegacy, realBandwidth } from './metrics/mmd.js';
export { nearestNeighbours, nearestNeighboursAmong } from './metrics/neighbours.js';
export { principalComponents } from './metrics/pca.js';
export { pooledPair } from './metrics/pooled-pair.js';
export {
  forestTwoSampleTest,
  logisticTwoSampleTest,
  neighbourTwoSampleTest,
} from './metrics/two-sample-test.js';
export { slicedWasserstein, unitDirections, wassersteinPerGene } from './metrics/wasserstein.js';
export { writeExplanation } from './report/write-explanation.js';
export { writeComparison } from './report/comparison/write-comparison.js';
export { type WrittenReport, writeReport } from './report/write-report.js';
