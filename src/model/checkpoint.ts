import { FileError } from '../errors.js';
import { sizeOf } from '../graph/tensor.js';
import type { TrainingState } from '../graph/training-step.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../io/safetensors.js';
import { exactly, number, record as object, orNull, text, wholeFrom, zeroOrMore } from './checks.js';
import { JsonField } from './json-field.js';
import type { Stage, TrainedWeights } from './stage.js';
import type { StagePosition, StageRecord } from './training-loop.js';

/** The stage itself knows the shapes. */
export type FinishedWeights = Pick<TrainedWeights, 'weights' | 'averages'>;

/** Where a run stands: the stages it has finished and the one it is in. */
export interface Checkpoint {
  readonly finished: readonly { readonly record: StageRecord; readonly trained: FinishedWeights }[];
  readonly current: StagePosition | null;
}

type Arrays = ReadonlyMap<string, Float32Array>;

/** One file, written atomically, so that weights and position cannot disagree. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  const put = (group: string, arrays: Arrays | null) => {
    for (const [name, data] of arrays ?? []) {
      tensors.set(`${group}/${name}`, { dtype: 'F32', shape: [data.length], data });
    }
  };
  checkpoint.finished.forEach(({ trained }, i) => {
    put(`finished ${i} weights`, trained.weights);
    put(`finished ${i} averages`, trained.averages);
  });
  const { state, best } = checkpoint.current ?? {};
  if (state) for (const group of stateGroups) put(group, state[group]);
  put('best weights', best?.weights ?? null);
  put('best averages', best?.averages ?? null);
  await writeSafetensors(path, tensors, {
    format: 'cellcrate checkpoint',
    finished: JSON.stringify(checkpoint.finished.map(({ record }) => record)),
    current: JSON.stringify(checkpoint.current?.record ?? null),
    step: String(state?.step ?? 0),
  });
}

/** @throws FileError where the file is missing or damaged */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path).catch((cause) => {
    throw damaged(path, null, cause);
  });
  const take = (group: string): Map<string, Float32Array> => {
    const found = new Map<string, Float32Array>();
    for (const [name, { dtype, data }] of tensors) {
      if (dtype === 'F32' && name.startsWith(`${group}/`)) found.set(name.slice(group.length + 1), data);
    }
    return found;
  };
  const records = new JsonField(recordsIn(path, metadata), (problem) => damaged(path, problem));
  const finished = records
    .at('finished')
    .members()
    .map((field, i) => ({
      record: checkedRecord(field),
      trained: {
        weights: take(`finished ${i} weights`),
        averages: noneAsNull(take(`finished ${i} averages`)),
      },
    }));
  const current = records.at('current');
  if (current.is(orNull(object)) === null) return { finished, current: null };
  const record = checkedRecord(current);
  records.at('step').is(exactly(record.steps));
  const state: TrainingState = {
    step: record.steps,
    weights: take('weights'),
    firstMoments: take('firstMoments'),
    secondMoments: take('secondMoments'),
    averages: noneAsNull(take('averages')),
  };
  const best = record.heldOut && {
    ...record.heldOut,
    weights: take('best weights'),
    averages: noneAsNull(take('best averages')),
  };
  return { finished, current: { record, state, best } };
}

function recordsIn(path: string, { finished, current, step }: Readonly<Record<string, string>>): unknown {
  try {
    return { finished: JSON.parse(finished), current: JSON.parse(current), step: Number(step) };
  } catch (cause) {
    throw damaged(path, null, cause);
  }
}

function checkedRecord(field: JsonField): StageRecord {
  const record = field.has<StageRecord>({
    ...{ name: text, batchSize: wholeFrom(1), steps: wholeFrom(0), epochs: zeroOrMore, seconds: zeroOrMore },
    ...{ firstLoss: orNull(number), finalLoss: orNull(number), heldOut: orNull(object) },
  });
  if (record.heldOut !== null) {
    field
      .at('heldOut')
      .has<NonNullable<StageRecord['heldOut']>>({ loss: number, lowest: number, step: wholeFrom(0) });
  }
  return record;
}

/**
 * Refuses arrays of a checkpoint that are not those of the stage they are for.
 * @throws FileError
 */
export function refuseOtherArrays(
  path: string,
  { name: stage, params, recipe }: Pick<Stage, 'name' | 'params' | 'recipe'>,
  { averages, ...kept }: { readonly averages: Arrays | null } & Readonly<Record<string, Arrays | null>>,
): void {
  const groups = Object.values({ ...kept, ...(recipe.averageDecay !== null && { averages }) });
  for (const { name, tensor } of params) {
    const size = sizeOf(tensor.shape);
    if (groups.some((arrays) => arrays?.get(name)?.length !== size)) {
      throw damaged(path, `${name} of the ${stage} is missing or of another size`);
    }
  }
}

function damaged(path: string, problem: string | null, cause?: unknown): FileError {
  const what = problem === null ? 'is a damaged checkpoint' : `is a damaged checkpoint: ${problem}`;
  return new FileError(path, what, 'Train anew, with --force', { cause });
}

const stateGroups = ['weights', 'firstMoments', 'secondMoments', 'averages'] as const;

function noneAsNull(arrays: Map<string, Float32Array>): Map<string, Float32Array> | null {
  return arrays.size > 0 ? arrays : null;
}
