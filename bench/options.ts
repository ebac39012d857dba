import { parseArgs } from 'node:util';
import { defaultThreads } from '../src/engine/device.js';
import { OptionError } from '../src/errors.js';
import { type PresetName, presetNames } from '../src/model/description.js';

export const usage = `Usage: npm run bench -- NAME [options]

  train-step   a training step of each stage (--preset, --pytorch PYTHON to take turns with an eager PyTorch step)
  sample       cells a second of each sampler (--preset, --cells)
  io           writing and reading .h5ad, 2,000 genes (--cells, repeatable: 10000 and 100000)
  metrics      evaluate with training cells (--cells: of each side, 1000)
  tsne         t-SNE on 30 components (--cells, repeatable: 2000 and 10000)
  pipeline     split, train, generate, evaluate (--cells 2000, --steps 200)

  --preset P   ${presetNames.join(', ')} (crate)
  --runs N     how often; --threads N; --json`;

export interface BenchOptions {
  readonly name: string;
  readonly preset: PresetName;
  readonly runs: number | null;
  readonly threads: number;
  /** Empty: the task's own. */
  readonly cells: readonly number[];
  readonly steps: number;
  readonly pytorch: string | null;
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
      cells: { type: 'string', multiple: true, default: [] },
      steps: { type: 'string', default: '200' },
      pytorch: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...others] = positionals;
  if (others.length > 0) throw new OptionError('NAME', `${others.join(' ')} is one too many`, usage);
  const preset = presetNames.find((known) => known === values.preset);
  if (preset === undefined) throw new OptionError('--preset', `'${values.preset}' is unknown`, usage);
  return {
    name,
    preset,
    runs: values.runs === undefined ? null : count('--runs', values.runs),
    threads: values.threads === undefined ? defaultThreads() : count('--threads', values.threads),
    cells: values.cells.map((text) => count('--cells', text)),
    steps: count('--steps', values.steps),
    pytorch: values.pytorch ?? null,
    json: values.json,
  };
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new OptionError(option, `'${text}' is not a whole number of 1 or more`, usage);
}
