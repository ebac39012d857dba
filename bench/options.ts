import { parseArgs } from 'node:util';
import { type SamplerName, samplerNames } from '../src/diffusion/timesteps.js';
import { type Device, defaultThreads } from '../src/engine/device.js';
import { OptionError } from '../src/errors.js';
import { type PresetName, presetNames } from '../src/model/description.js';
import type { Sizes } from './training-stages.js';

const devices = ['cpu', 'webgpu', 'cuda'] as const satisfies readonly Device[];

export const usage = `Usage: npm run bench -- NAME [options]

  train-step   a training step of each stage (--preset, --genes, and of the default's denoiser --tokens and --depth; --pytorch PYTHON
               to take turns with an eager PyTorch step)
  sample       cells a second of each sampler (--preset, --cells, --sampler; --pytorch PYTHON as above)
  io           writing and reading .h5ad, 2,000 genes (--cells, repeatable: 10000 and 100000; --h5py PYTHON)
  metrics      evaluate with training cells (--cells: of each side, 1000)
  tsne         t-SNE on 30 components (--cells, repeatable: 2000 and 10000)
  pipeline     split, train, generate, evaluate (--preset, --cells 5000, --steps of each stage: until it stops by itself)
  growth       train-step and pipeline with more and more cells, genes, tokens, layers, each in a process of its own

  --preset P   ${presetNames.join(', ')} (crate)
  --device D   ${devices.join(', ')} (cpu), of train-step and sample
  --runs N     how often; --threads N; --json`;

export interface BenchOptions {
  readonly name: string;
  readonly preset: PresetName;
  readonly runs: number | null;
  readonly threads: number;
  readonly device: Device;
  /** Empty: the task's own. */
  readonly cells: readonly number[];
  /** Null: training stops by itself. */
  readonly steps: number | null;
  /** Null: all that the preset is timed with. */
  readonly sampler: SamplerName | null;
  /** Interpreters of rivals. */
  readonly pytorch: string | null;
  readonly h5py: string | null;
  /** Of train-step, where they differ from the preset's own. */
  readonly sizes: Sizes;
  readonly json: boolean;
}

/** @throws OptionError */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      preset: { type: 'string', default: 'crate' },
      runs: { type: 'string' },
      threads: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      cells: { type: 'string', multiple: true, default: [] },
      steps: { type: 'string' },
      sampler: { type: 'string' },
      pytorch: { type: 'string' },
      h5py: { type: 'string' },
      genes: { type: 'string' },
      tokens: { type: 'string' },
      depth: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...others] = positionals;
  if (others.length > 0) throw new OptionError('NAME', `${others.join(' ')} is one too many`, usage);
  const preset = presetNames.find((known) => known === values.preset);
  if (preset === undefined) throw new OptionError('--preset', `'${values.preset}' is unknown`, usage);
  const device = devices.find((known) => known === values.device);
  if (device === undefined) throw new OptionError('--device', `'${values.device}' is unknown`, usage);
  const sampler = samplerNames.find((known) => known === values.sampler);
  if (values.sampler !== undefined && sampler === undefined) {
    throw new OptionError('--sampler', `'${values.sampler}' is unknown`, usage);
  }
  return {
    name,
    preset,
    runs: values.runs === undefined ? null : count('--runs', values.runs),
    threads: values.threads === undefined ? defaultThreads() : count('--threads', values.threads),
    device,
    cells: values.cells.map((text) => count('--cells', text)),
    steps: values.steps === undefined ? null : count('--steps', values.steps),
    sampler: sampler ?? null,
    pytorch: values.pytorch ?? null,
    h5py: values.h5py ?? null,
    sizes: {
      ...(values.genes !== undefined && { genes: count('--genes', values.genes) }),
      ...(values.tokens !== undefined && { tokens: count('--tokens', values.tokens) }),
      ...(values.depth !== undefined && { depth: count('--depth', values.depth) }),
    },
    json: values.json,
  };
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new OptionError(option, `'${text}' is not a whole number of 1 or more`, usage);
}
