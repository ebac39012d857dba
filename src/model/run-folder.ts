import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { engineVersion } from '../engine/session.js';
import { FileError } from '../errors.js';
import { writeFileAtomic } from '../io/atomic.js';
import { systemFileError } from '../io/file-problem.js';
import { lockFolder, type Release } from '../io/folder-lock.js';
import { FolderReplacement } from '../io/folder-replacement.js';
import { makeFolder } from '../io/make-folder.js';
import { isPartial, removeAbandoned } from '../io/partial-files.js';
import { version } from '../version.js';
import { isResolvedOptions, type ResolvedOptions, type TrainProgress } from './train-options.js';
import type { DataFingerprint } from './training-cells.js';
import type { RunSettings } from './training-plan.js';

const FORMAT = 'cellcrate run';

/** config.json: everything that is needed to repeat a run. */
export interface RunConfig {
  readonly format: typeof FORMAT;
  readonly cellcrate: string;
  readonly versions: Readonly<Record<string, string>>;
  /** As they were given, with the defaults of that version. */
  readonly options: ResolvedOptions;
  readonly data: DataFingerprint;
  /** Settings as they came out of the preset, the options and the data. */
  readonly settings: RunSettings;
}

export function runConfig(options: ResolvedOptions, data: DataFingerprint, settings: RunSettings): RunConfig {
  const { node, v8 } = process.versions;
  return {
    format: FORMAT,
    cellcrate: version,
    versions: { node, v8, ...engineVersion },
    options,
    data,
    settings,
  };
}

/** The files of a run, by the names that the documentation gives them. */
export class RunFolder {
  private readonly replacement: FolderReplacement;

  constructor(readonly path: string) {
    this.replacement = new FolderReplacement(path, 'run');
  }

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

  /**
   * Takes the folder for this process alone, and mends what a killed one left of it.
   * @throws FileError where another process works on it
   */
  take(): Release {
    const release = lockFolder(this.path);
    try {
      this.recover();
      return release;
    } catch (error) {
      release();
      throw systemFileError(this.path, error) ?? error;
    }
  }

  /** Mends the folder where nobody works on it. */
  bringBack(): void {
    if (existsSync(this.replacement.aside)) this.take()();
  }

  private recover(): void {
    removeAbandoned(dirname(resolve(this.path)), basename(resolve(this.path)));
    removeAbandoned(this.path);
    removeAbandoned(this.checkpoints);
    if (this.isBarelyBegun()) rmSync(this.path, { recursive: true });
    if (existsSync(this.model) && this.holdsRun()) {
      this.removeCheckpoints();
      this.discardOlder();
    } else this.replacement.bringBack();
  }

  /** Whether the configuration is ours: models of other tools have the same names. */
  private holdsRun(): boolean {
    if (!existsSync(this.config)) return false;
    return parsed<RunConfig>(readFileSync(this.config, 'utf8'))?.format === FORMAT;
  }

  /** Killed before it had a configuration: nothing to read, and nothing to go on with. */
  private isBarelyBegun(): boolean {
    if (!existsSync(this.checkpoints) || !lstatSync(this.path).isDirectory()) return false;
    const files = readdirSync(this.path, { recursive: true, encoding: 'utf8' });
    return files.every((name) => name === basename(this.checkpoints) || isPartial(basename(name)));
  }

  /** @throws FileError where something is there that may not be replaced */
  refuseExisting(force: boolean): void {
    if (!existsSync(this.path)) return;
    if (!existsSync(this.config)) {
      throw new FileError(
        this.path,
        'exists already and is not a run folder, which is all that --force replaces',
        'Choose another name, or remove it yourself',
      );
    }
    if (force) return;
    const remedy = existsSync(this.model) ? 'Choose another name' : 'Go on with it by --resume';
    throw new FileError(this.path, 'exists already', `${remedy}, or pass --force to replace it`);
  }

  /**
   * Makes the folder; a run that it replaces moves aside until `discardOlder` or `withdraw`.
   * @returns where that run lies, null where there is none
   */
  create(): string | null {
    // It appears with its checkpoint folder, so that an empty folder of the user's is never taken for a run.
    return this.replacement.begin(existsSync(this.model), (folder) =>
      makeFolder(join(folder, basename(this.checkpoints))),
    );
  }

  /** Takes `create` back. */
  withdraw(): void {
    this.replacement.withdraw();
  }

  discardOlder(): void {
    this.replacement.discard();
  }

  async writeConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.config, `${JSON.stringify(config, null, 2)}\n`);
  }

  /** @throws FileError where the folder holds no run */
  async readConfig(): Promise<RunConfig> {
    if (!existsSync(this.config)) throw this.notARun();
    const config = parsed<RunConfig>(await readFile(this.config, 'utf8'));
    if (config === null) throw this.damaged();
    if (config.format !== FORMAT) throw this.notARun();
    if (!isResolvedOptions(config.options) || typeof config.data?.sha256 !== 'string') throw this.damaged();
    return config;
  }

  /** How the run was trained. Cells are drawn without it: null where config.json is missing or damaged. */
  async optionsIfReadable(): Promise<ResolvedOptions | null> {
    try {
      return (await this.readConfig()).options;
    } catch {
      return null;
    }
  }

  private damaged(): FileError {
    return new FileError(this.config, 'is damaged', 'Train anew, with --force');
  }

  /** What to say of a folder that holds no run. */
  notARun(): FileError {
    const problem = existsSync(this.path) ? 'is not a run folder' : 'does not exist';
    return new FileError(this.path, problem, 'Give a folder made by cellcrate train');
  }

  appendLog(line: TrainProgress): void {
    try {
      appendFileSync(this.log, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw systemFileError(this.log, error) ?? error;
    }
  }

  /** Drops what the log says of steps that are about to be taken again, and a line that was cut off. */
  async trimLog(finishedStages: readonly string[], stage: string, steps: number): Promise<void> {
    if (!existsSync(this.log)) return;
    const lines = readFileSync(this.log, 'utf8').split('\n');
    const kept = lines.filter((text) => {
      const line = parsed<TrainProgress>(text);
      return line && (finishedStages.includes(line.stage) || (line.stage === stage && line.step <= steps));
    });
    await writeFileAtomic(this.log, kept.map((text) => `${text}\n`).join(''));
  }

  removeCheckpoints(): void {
    rmSync(this.checkpoints, { recursive: true, force: true });
  }
}

/** @throws FileError where the folder is no run, or one that is not trained to its end */
export function finishedRun(run: string): RunFolder {
  const folder = new RunFolder(run);
  if (existsSync(folder.model)) return folder;
  // A replacement that was killed as it began has left the run aside.
  if (!existsSync(run)) folder.bringBack();
  if (existsSync(folder.model)) return folder;
  if (existsSync(folder.config)) {
    throw new FileError(run, 'is a run that is not finished', 'Go on with cellcrate train ... --resume');
  }
  throw folder.notARun();
}

/** The value of a JSON text, null where it is none. */
function parsed<T extends object>(text: string): T | null {
  try {
    return Object(JSON.parse(text)) as T;
  } catch {
    return null;
  }
}
