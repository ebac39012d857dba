import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Device } from '../src/engine/device.js';
import { OptionError } from '../src/errors.js';
import type { PresetName } from '../src/model/description.js';
import { GENES } from './simulated-file.js';
import type { Run } from './timing.js';

const scripts = join(fileURLToPath(import.meta.url), '..', '..', '..', 'bench');

/** The same work in Python: a process that does it once when it is asked to, times itself, and waits between. */
export class Rival {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    /** Of its library. */
    readonly version: string,
  ) {}

  /**
   * @param option that named the interpreter
   * @param needs what it must have
   * @throws OptionError where the script does not start
   */
  static async start(
    option: string,
    python: string,
    needs: string,
    script: string,
    args: readonly string[],
  ): Promise<Rival> {
    const child = spawn(python, [join(scripts, script), ...args, '--on-demand']);
    child.on('error', () => undefined);
    let problem = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problem += text;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) {
      const said = problem.trim().split('\n').at(-1);
      throw new OptionError(option, `${python} does not run it: ${said}`, `Give a Python that has ${needs}`);
    }
    return new Rival(child, lines, JSON.parse(first.value).version);
  }

  async run(): Promise<Run> {
    this.process.stdin.write('\n');
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`The Python process ended (status ${this.process.exitCode})`);
    return JSON.parse(value);
  }

  async stop(): Promise<void> {
    this.process.stdin.end();
    if (this.process.exitCode === null) await once(this.process, 'close');
  }
}

/** @throws OptionError where there is no such model or device, or PyTorch does not start */
export function pytorch(
  python: string,
  preset: PresetName,
  work: 'step' | 'look',
  { device, threads, batch }: { readonly device: Device; readonly threads: number; readonly batch: number },
): Promise<Rival> {
  if (preset !== 'wbdit' && preset !== 'dit') {
    throw new OptionError('--pytorch', `there is no PyTorch model of ${preset}`, 'Use it with wbdit or dit');
  }
  const place = device === 'cpu' ? 'cpu' : 'cuda';
  const needs = device === 'cpu' ? 'torch' : 'torch and finds a GPU';
  const sizes = ['--threads', threads, '--batch', batch, '--genes', GENES].map(String);
  const args = [preset, '--work', work, '--device', place, ...sizes];
  return Rival.start('--pytorch', python, needs, 'pytorch_step.py', args);
}

/**
 * Reads `file` whole, or writes what is in it to `copy` with gzip of the level that ours have.
 * @throws OptionError where h5py does not start
 */
export function h5py(python: string, work: 'read' | 'write', file: string, copy: string): Promise<Rival> {
  return Rival.start('--h5py', python, 'h5py and SciPy', 'h5py_io.py', [work, file, copy]);
}
