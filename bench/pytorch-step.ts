import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OptionError } from '../src/errors.js';
import type { PresetName } from '../src/model/description.js';
import { GENES } from './simulated-file.js';
import type { Run } from './timing.js';

const script = join(fileURLToPath(import.meta.url), '..', '..', '..', 'bench', 'pytorch_step.py');

/** The same model's step in eager PyTorch: a process that takes a step when it is asked to, and waits between. */
export class PytorchStep {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly version: string,
  ) {}

  /** @param python an interpreter that has torch @throws OptionError where there is no such model, or PyTorch does not start */
  static async start(
    python: string,
    preset: PresetName,
    threads: number,
    batch: number,
  ): Promise<PytorchStep> {
    if (preset !== 'wbdit' && preset !== 'dit') {
      throw new OptionError('--pytorch', `there is no PyTorch step of ${preset}`, 'Use it with wbdit or dit');
    }
    const sizes = ['--threads', threads, '--batch', batch, '--genes', GENES].map(String);
    const child = spawn(python, [script, preset, ...sizes, '--steps-on-demand']);
    child.on('error', () => undefined);
    let problem = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problem += text;
    });
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) {
      throw new OptionError(
        '--pytorch',
        `${python} does not run it: ${problem.trim().split('\n').at(-1)}`,
        'Give a Python that has torch',
      );
    }
    return new PytorchStep(child, lines, JSON.parse(first.value).torch);
  }

  async step(): Promise<Run> {
    this.process.stdin.write('\n');
    const { value } = await this.lines.next();
    return JSON.parse(value);
  }

  async stop(): Promise<void> {
    this.process.stdin.end();
    await once(this.process, 'close');
  }
}
