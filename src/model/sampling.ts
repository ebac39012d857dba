import { guidanceAt, guidedFrom } from '../diffusion/guidance.js';
import { toCleanAndNoise } from '../diffusion/parameterisation.js';
import { samplerByName } from '../diffusion/samplers/by-name.js';
import type { Denoise } from '../diffusion/samplers/sampler.js';
import { scheduleByName } from '../diffusion/schedule.js';
import { type SamplerName, samplerTimesteps } from '../diffusion/timesteps.js';
import type { EngineOptions } from '../engine/device.js';
import { Program } from '../graph/program.js';
import { stream } from '../random/stream.js';
import type { DiffusionDescription } from './description.js';
import { denoiserOutputs } from './export-onnx.js';
import { codesPerCell, conditionWidth, type LabelSpace, nothingHidden, oneHot } from './labels.js';
import type { LoadedModel } from './model-file.js';

export interface SamplingOptions {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Weight of classifier-free guidance; 1 is the conditional model as it is, 0 ignores the labels (but not the clusters). */
  readonly guidance: number;
  /** Share of the steps, the last ones, at which guidance above 1 holds; left out: all. */
  readonly guidedShare?: number;
  readonly seed: number;
}

/** Cells by their index in the output, and their codes (cells x `codesPerCell`). */
export interface CellBatch {
  readonly start: number;
  readonly cells: number;
  readonly codes: Int32Array;
}

/** A step of the sampler: noisy rows at timestep `t`, and the clean rows that the denoiser sees in them; cells x width. */
export interface PathStep {
  readonly t: number;
  readonly x: Float32Array;
  readonly x0: Float32Array;
}

export type OnStep = (share: number, step: PathStep) => void;

/** Where rows of the state space come from. */
export interface StateSource {
  /** Rows, cells x width; each depends on its cell's index, not on the batch. */
  draw(batch: CellBatch, signal?: AbortSignal, onStep?: OnStep): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Draws rows of the state space from the denoiser. */
export class StateSampler implements StateSource {
  private constructor(
    private readonly model: LoadedModel,
    private readonly program: Program,
    private readonly options: SamplingOptions,
  ) {}

  static async create(
    model: LoadedModel,
    options: SamplingOptions,
    engine: EngineOptions,
  ): Promise<StateSampler> {
    const weights = model.weights.get('denoiser')!;
    const program = await Program.compile(denoiserOutputs(model.description.denoiser), engine, weights);
    return new StateSampler(model, program, options);
  }

  /**
   * Rows of the state space, cells x width. A row depends on the seed and its cell's index alone: another batch
   * changes nothing but rounding.
   * @param signal stops between two steps, by throwing its reason
   * @param onStep told after each step which share of them is done, and where the cells are
   */
  async draw(batch: CellBatch, signal?: AbortSignal, onStep?: OnStep): Promise<Float32Array> {
    const { denoiser, diffusion } = this.model.description;
    const { sampler, steps, seed, guidance, guidedShare = 1 } = this.options;
    const schedule = scheduleByName(diffusion.schedule);
    const timesteps = samplerTimesteps(sampler, steps, schedule);
    const from = guidedFrom(timesteps, guidedShare);
    const { labels } = this.model.description;
    const condition = conditionRows(labels, batch.codes, batch.cells);
    const ignorant = conditionRows(labels, batch.codes, batch.cells, { labels: true, cluster: false });
    let taken = 0;
    const denoise: Denoise = async (x, t) => {
      signal?.throwIfAborted();
      const weight = guidanceAt(guidance, t, from);
      const prediction = await this.predict(x, t, weight, batch.cells, condition, ignorant);
      const both = toCleanAndNoise(diffusion.parameterisation, prediction, x, schedule.alphaBar[t]);
      onStep?.(++taken / timesteps.length, { t, x, x0: both.x0 });
      return both;
    };
    const noise = (purpose: string, step: number) => {
      const rows = new Float32Array(batch.cells * denoiser.width);
      for (let i = 0; i < batch.cells; i++) {
        stream(seed, purpose, batch.start + i, step).fillNormal(rows, i * denoiser.width, denoiser.width);
      }
      return rows;
    };
    const sample = samplerByName(sampler);
    return sample(noise('initial noise', 0), denoise, schedule, timesteps, (step) =>
      noise('sampler noise', step),
    );
  }

  close(): Promise<void> {
    return this.program.close();
  }

  private async predict(
    x: Float32Array,
    t: number,
    guidance: number,
    cells: number,
    condition: Float32Array | null,
    ignorant: Float32Array | null,
  ): Promise<Float32Array> {
    const { labels } = this.model.description;
    const run = async (rows: Float32Array | null) => {
      const { width, conditionWidth } = this.model.description.denoiser;
      const feeds = {
        x: { data: x, shape: [cells, width] },
        t: { data: new Float32Array(cells).fill(t), shape: [cells] },
        ...(rows && { condition: { data: rows, shape: [cells, conditionWidth] } }),
      };
      return (await this.program.run(feeds)).prediction;
    };
    if (condition === null || guidance === 1 || labels.keys.length === 0) return run(condition);
    // Ho and Salimans 2022, equation 6, in the form unconditional + w (conditional - unconditional).
    const unconditional = await run(ignorant);
    if (guidance === 0) return unconditional;
    const conditional = await run(condition);
    return conditional.map((value, i) => unconditional[i] + guidance * (value - unconditional[i]));
  }
}

/** Network evaluations that a cell takes: where guidance pushes, or pulls half-way, labels are both shown and hidden. */
export function evaluationsPerCell(
  hasLabels: boolean,
  diffusion: DiffusionDescription,
  { sampler, steps, guidance, guidedShare = 1 }: Omit<SamplingOptions, 'seed'>,
): number {
  const timesteps = samplerTimesteps(sampler, steps, scheduleByName(diffusion.schedule));
  const from = guidedFrom(timesteps, guidedShare);
  const looks = (t: number) => {
    const weight = guidanceAt(guidance, t, from);
    return !hasLabels || weight === 0 || weight === 1 ? 1 : 2;
  };
  return timesteps.reduce((sum, t) => sum + looks(t), 0);
}

/** The codes of cells (cells x `codesPerCell`) as rows for the denoiser; null where the model is conditioned on nothing. */
export function conditionRows(
  labels: LabelSpace,
  codes: Int32Array,
  cells: number,
  hidden = nothingHidden,
): Float32Array | null {
  const width = conditionWidth(labels);
  if (width === 0) return null;
  const each = codesPerCell(labels);
  const rows = new Float32Array(cells * width);
  for (let i = 0; i < cells; i++) oneHot(labels, codes.subarray(i * each, (i + 1) * each), hidden, rows, i);
  return rows;
}
