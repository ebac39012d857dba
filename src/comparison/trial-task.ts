import type { WorkProgress } from '../model/evaluate.js';
import type { GenerateOptions, GenerateSummary } from '../model/generate.js';
import type { TrainOptions, TrainSummary } from '../model/train.js';

/** What a process of its own is given to do. */
export type TaskRequest =
  | { readonly kind: 'train'; readonly file: string; readonly options: TrainOptions }
  | { readonly kind: 'generate'; readonly run: string; readonly options: GenerateOptions };

export type TaskKind = TaskRequest['kind'];

/** To save what is done and end. */
export interface StopRequest {
  readonly kind: 'stop';
}

/** What a task comes to. */
export interface Summaries {
  readonly train: TrainSummary;
  readonly generate: GenerateSummary;
}

export interface TaskProgress {
  /** Share of the task that is done, 0..1; null when nobody knows. */
  readonly fraction: number | null;
  /** Figures to show, as they should be read. */
  readonly details: readonly string[];
  /** Bytes of memory that the process at work holds. */
  readonly memory: number;
}

/** How far work has come that this process does itself. */
export const taskProgress = ({ doing, fraction }: WorkProgress): TaskProgress => ({
  ...{ fraction, details: [doing], memory: process.memoryUsage.rss() },
});

export type TaskAnswer =
  | { readonly kind: 'progress'; readonly progress: TaskProgress }
  | { readonly kind: 'done'; readonly summary: Summaries[TaskKind]; readonly memory: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly ofModel: boolean };
