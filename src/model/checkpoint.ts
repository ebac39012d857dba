import { FileError } from '../errors.js';
import type { TrainingState } from '../graph/training-step.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../io/safetensors.js';
import type { TrainedWeights } from './stage.js';
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
    throw damaged(path, cause);
  });
  const take = (group: string): Map<string, Float32Array> => {
    const found = new Map<string, Float32Array>();
    for (const [name, { data }] of tensors) {
      if (name.startsWith(`${group}/`)) found.set(name.slice(group.length + 1), data as Float32Array);
    }
    return found;
  };
  try {
    const finished = (JSON.parse(metadata.finished) as StageRecord[]).map((record, i) => ({
      record,
      trained: { weights: take(`finished ${i} weights`), averages: orNull(take(`finished ${i} averages`)) },
    }));
    const record = JSON.parse(metadata.current) as StageRecord | null;
    if (record === null) return { finished, current: null };
    const state: TrainingState = {
      step: Number(metadata.step),
      weights: take('weights'),
      firstMoments: take('firstMoments'),
      secondMoments: take('secondMoments'),
      averages: orNull(take('averages')),
    };
    const best = record.heldOut && {
      ...record.heldOut,
      weights: take('best weights'),
      averages: orNull(take('best averages')),
    };
    return { finished, current: { record, state, best } };
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): FileError {
  return new FileError(path, 'is a damaged checkpoint', 'Train anew, with --force', { cause });
}

const stateGroups = ['weights', 'firstMoments', 'secondMoments', 'averages'] as const;

function orNull(arrays: Map<string, Float32Array>): Map<string, Float32Array> | null {
  return arrays.size > 0 ? arrays : null;
}
