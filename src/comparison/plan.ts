import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { defaultThreads } from '../engine/device.js';
import { FileError, OptionError } from '../errors.js';
import { fileSha256 } from '../io/file-hash.js';
import { systemFileError } from '../io/file-problem.js';
import type { DeviceChoice } from '../model/choices.js';
import type { PresetName } from '../model/description.js';
import { version } from '../version.js';
import { budgetName, type TrialBudget } from './budget.js';
import type { ComparisonPlan, Machine, Trial } from './comparison.js';
import { ComparisonFolder } from './comparison-folder.js';

/** What shapes a comparison. */
export interface PlanOptions {
  /** .h5ad files, one a data set, each under a name of its own. */
  readonly files: readonly string[];
  /** Presets of `train`. */
  readonly models?: readonly PresetName[];
  readonly budgets?: readonly TrialBudget[];
  /** Trainings of each model under each budget. */
  readonly seeds?: number;
  /** obs column to stratify by and to condition on; left out, the obvious one of each file. */
  readonly labelKey?: string;
  /** Cells to generate and compare, at least 20; left out, as many as are held out, 2,000 at most. */
  readonly n?: number;
  /** The first seed; the split and the figures have it too. */
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
}

const defaultModels: readonly PresetName[] = ['crate', 'wbdit', 'dit'];
const defaultBudget: TrialBudget = { unit: 'minutes', amount: 5 };
const defaultSeeds = 3;
export const fewestCells = 20;

const format = 'cellcrate comparison plan';

interface StoredPlan {
  readonly format: typeof format;
  readonly cellcrate: string;
  /** Where it was begun, and where all its times are measured. */
  readonly machine: Machine;
  readonly plan: ComparisonPlan;
}

/** @throws FileError for a file that is missing; OptionError where two files go by one name, or a number is impossible */
export async function planOf(options: PlanOptions): Promise<ComparisonPlan> {
  const { files, n = null, seeds = defaultSeeds } = options;
  if (n !== null && !(Number.isSafeInteger(n) && n >= fewestCells)) {
    throw new OptionError('-n', `${n} is not a whole number from ${fewestCells} on`, 'Correct it');
  }
  if (!(Number.isSafeInteger(seeds) && seeds >= 1)) {
    throw new OptionError('--seeds', `${seeds} is not a whole number from 1 on`, 'Correct it');
  }
  const dataSets = [];
  for (const file of files) {
    dataSets.push({ name: basename(file).replace(/\.h5ad$/, ''), file, sha256: await hashOf(file) });
  }
  const names = dataSets.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new OptionError('FILE', `two files are called ${twice}`, 'Give each a name of its own');
  }
  return {
    dataSets,
    models: [...new Set(options.models ?? defaultModels)],
    budgets: withoutRepeats(options.budgets ?? [defaultBudget]),
    ...{ seeds, seed: options.seed ?? 0, labelKey: options.labelKey ?? null, n },
    device: options.device ?? 'auto',
    threads: options.threads ?? defaultThreads(),
  };
}

const withoutRepeats = (budgets: readonly TrialBudget[]): TrialBudget[] => [
  ...new Map(budgets.map((budget) => [budgetName(budget), budget])).values(),
];

async function hashOf(file: string): Promise<string> {
  try {
    return await fileSha256(file);
  } catch (error) {
    throw systemFileError(file, error) ?? error;
  }
}

export interface BegunComparison {
  readonly goesOn: boolean;
  readonly machine: Machine;
}

/**
 * Begins a comparison in a folder, or goes on with the one that is there.
 * @throws FileError where something else is in the folder, or another version or machine began it; OptionError where it was begun
 * with other options
 */
export function beginOrGoOn(
  folder: ComparisonFolder,
  plan: ComparisonPlan,
  machine: Machine,
  force: boolean,
): BegunComparison {
  folder.replacement.bringBack();
  const before = existsSync(folder.path) ? storedPlan(folder) : null;
  if (before !== null && !force) {
    refuseOtherPlan(folder, before, plan);
    refuseOtherMachine(folder, before.machine, machine);
    return { goesOn: true, machine: before.machine };
  }
  const stored: StoredPlan = { format, cellcrate: version, machine, plan };
  // What lies aside is discarded once the new one has its splits: until then that is worth more.
  folder.replacement.begin(false, (path) =>
    writeFileSync(new ComparisonFolder(path).plan, `${JSON.stringify(stored, null, 2)}\n`),
  );
  return { goesOn: false, machine };
}

function storedPlan(folder: ComparisonFolder): StoredPlan {
  if (!existsSync(folder.plan)) {
    throw new FileError(
      folder.path,
      'exists already and is not a comparison',
      'Choose another name; --force replaces nothing but a comparison',
    );
  }
  try {
    const stored = Object(JSON.parse(readFileSync(folder.plan, 'utf8'))) as StoredPlan;
    if (stored.format === format) return stored;
    throw new SyntaxError('another format');
  } catch (cause) {
    throw new FileError(
      folder.plan,
      'is not the plan of a comparison, or is damaged',
      'Choose another folder, or remove this one yourself',
      { cause },
    );
  }
}

function refuseOtherMachine(folder: ComparisonFolder, before: Machine, now: Machine): void {
  if (before.processor === now.processor && before.processors === now.processors) return;
  throw new FileError(
    folder.path,
    `was begun on another machine (${before.processors} x ${before.processor}), and times of two would be mixed`,
    'Go on there, or choose another folder',
  );
}

function refuseOtherPlan(folder: ComparisonFolder, before: StoredPlan, now: ComparisonPlan): void {
  if (before.cellcrate !== version) {
    throw new FileError(
      folder.path,
      `was begun by cellcrate ${before.cellcrate}, and one comparison is not made by two versions`,
      'Begin anew with --force, or go on with that version',
    );
  }
  for (const { option, say } of identity) {
    const [was, is] = [say(before.plan), say(now)];
    if (isDeepStrictEqual(was, is)) continue;
    throw new OptionError(
      option,
      `${folder.path} was begun with ${was}, and would go on with ${is}`,
      'Repeat its options, choose another folder, or begin anew with --force',
    );
  }
}

/** What must be the same, by the option that sets it, in words. A file may have moved. */
const identity: readonly { readonly option: string; readonly say: (plan: ComparisonPlan) => string }[] = [
  {
    option: 'FILE',
    say: (plan) =>
      plan.dataSets.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256.slice(0, 12)})`).join(', '),
  },
  { option: '--models', say: (plan) => plan.models.join(',') },
  { option: '--budget', say: (plan) => plan.budgets.map(budgetName).join(', ') },
  { option: '--seeds', say: (plan) => String(plan.seeds) },
  { option: '--label-key', say: (plan) => plan.labelKey ?? 'the obvious column' },
  { option: '-n', say: (plan) => (plan.n === null ? 'as many as are held out' : String(plan.n)) },
  { option: '--seed', say: (plan) => String(plan.seed) },
  { option: '--device', say: (plan) => plan.device },
  { option: '--threads', say: (plan) => String(plan.threads) },
];

/** Every cell of the experiment: all of one seed before the next, and models that are compared one after another. */
export function trialsOf({ dataSets, models, budgets, seeds, seed }: ComparisonPlan): Trial[] {
  return Array.from({ length: seeds }, (_, i) => seed + i).flatMap((own) =>
    dataSets.flatMap(({ name }) =>
      budgets.flatMap((budget) =>
        models.map((model): Trial => ({ dataSet: name, model, budget, seed: own })),
      ),
    ),
  );
}
