// biome-ignore-all assist/source/organizeImports: grouped by what they are for

// The tasks of the command line, as functions.
export type { HvgFlavour } from './counts/hvg/select-genes.js';
export type { PresetName } from './model/description.js';
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
export { type SplitOptions, type SplitSummary, split } from './model/split.js';
export { type TrainSummary, train } from './model/train.js';
export type { DeviceChoice, TrainOptions, TrainProgress } from './model/train-options.js';
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
export { CellcrateError, DataError, FileError, OptionError } from './errors.js';
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
export type { Device, EngineOptions } from './engine/device.js';
export { type ArrayValue, Program } from './graph/program.js';
export { input, type Shape, type Tensor } from './graph/tensor.js';
export type { Denoiser } from './nn/denoiser.js';
export { initialWeights, type Param, Params, parameterCount } from './nn/params.js';
export { type GenePatchSize, publishedSize } from './nn/patches.js';
