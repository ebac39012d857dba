import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.js';
import { writeFileAtomic } from '../io/atomic.js';
import { systemFileError } from '../io/file-problem.js';
import { version } from '../version.js';
import type { RunOptions, TrainProgress } from './train-options.js';
import type { DataFingerprint } from './training-cells.js';

const FORMAT = 'cellcrate run';

/** config.json: everything that is needed to repeat a run. */
export interface RunConfig {
  readonly format: typeof FORMAT;
  readonly cellcrate: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: RunOptions;
  readonly data: DataFingerprint;
  /** Settings as they came out of the preset, the options and the data, for the reader. */
  readonly settings: unknown;
}

export function runConfig(options: RunOptions, data: DataFingerprint, settings: unknown): RunConfig {
  const { node, v8 } = process.versions;
  return { format: FORMAT, cellcrate: version, versions: { node, v8 }, options, data, settings };
}

/** The files of a run, by the names that the documentation gives them. */
export class RunFolder {
  constructor(readonly path: string) {}

  get config(): string {
    return join(this.path, 'config.json');
  }

  get model(): string {
    return join(this.path, 'model.safetensors');
  }

  get log(): string {
    return join(this.path, 'train.jsonl');
  }

  get denoiser(): string {
    return join(this.path, 'denoiser.onnx');
  }

  get readout(): string {
    return join(this.path, 'readout.onnx');
  }

  get checkpoints(): string {
    return join(this.path, 'checkpoint');
  }

  get checkpoint(): string {
    return join(this.checkpoints, 'state.safetensors');
  }

  /** @throws FileError where something is there that may not be replaced */
  refuseExisting(force: boolean): void {
    if (!existsSync(this.path)) return;
    if (!force) {
      const remedy = existsSync(this.checkpoint) ? 'Go on with it by --resume' : 'Choose another name';
      throw new FileError(this.path, 'exists already', `${remedy}, or pass --force to replace it`);
    }
    if (!existsSync(this.config)) {
      throw new FileError(
        this.path,
        'is not a run folder, and --force replaces nothing else',
        'Choose another name, or remove it yourself',
      );
    }
  }

  /** Makes the folder; an older run moves aside to `<path>.old`, until `discardOlder`. */
  create(): void {
    try {
      if (existsSync(this.path)) {
        rmSync(this.older, { recursive: true, force: true });
        renameSync(this.path, this.older);
      }
      mkdirSync(this.checkpoints, { recursive: true });
    } catch (error) {
      throw systemFileError(this.path, error) ?? error;
    }
  }

  discardOlder(): void {
    rmSync(this.older, { recursive: true, force: true });
  }

  async writeConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.config, `${JSON.stringify(config, null, 2)}\n`);
  }

  /** @throws FileError where the folder holds no run */
  async readConfig(): Promise<RunConfig> {
    try {
      const config = JSON.parse(await readFile(this.config, 'utf8')) as RunConfig;
      if (config.format !== FORMAT) throw new SyntaxError('another format');
      return config;
    } catch (cause) {
      throw new FileError(this.path, 'is not a run folder', 'Give a folder made by cellcrate train', {
        cause,
      });
    }
  }

  appendLog(line: TrainProgress): void {
    appendFileSync(this.log, `${JSON.stringify(line)}\n`);
  }

  /** Drops log lines of steps that the checkpoint does not know of. */
  async trimLog(stage: string, steps: number): Promise<void> {
    if (!existsSync(this.log)) return;
    const lines = readFileSync(this.log, 'utf8').split('\n').filter(Boolean);
    const parsed = lines.map((text) => JSON.parse(text) as TrainProgress);
    const kept = lines.filter((_, i) => parsed[i].stage !== stage || parsed[i].step <= steps);
    await writeFileAtomic(this.log, kept.map((text) => `${text}\n`).join(''));
  }

  removeCheckpoints(): void {
    rmSync(this.checkpoints, { recursive: true, force: true });
  }

  private get older(): string {
    return `${this.path}.old`;
  }
}
