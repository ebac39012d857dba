import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CellcrateError } from '../errors.js';
import type {
  StopRequest,
  Summaries,
  TaskAnswer,
  TaskKind,
  TaskProgress,
  TaskRequest,
} from './trial-task.js';

/** A task that a process of its own did not bring to its end; the message says why. */
export class TaskError extends CellcrateError {
  /** @param ofModel false for wrong options, and for a folder that another process has: another try may do better */
  constructor(
    message: string,
    readonly ofModel: boolean,
  ) {
    super(message);
  }
}

/** What a task came to; null when it was stopped, its state saved. */
export type TaskOutcome<Kind extends TaskKind> = {
  readonly summary: Summaries[Kind];
  /** Peak resident memory of the process, in bytes. */
  readonly memory: number;
} | null;

const complaintLength = 2000;

/**
 * Trains or generates in a process of its own, and waits for it.
 * @throws TaskError where it fails, or the process ends before its task
 */
export async function runApart<Kind extends TaskKind>(
  request: TaskRequest & { readonly kind: Kind },
  signal: AbortSignal | undefined,
  onProgress: (progress: TaskProgress) => void,
): Promise<TaskOutcome<Kind>> {
  const child = fork(fileURLToPath(new URL('./task-process.js', import.meta.url)), {
    // Options of this process, such as --input-type, may be none that the program can have.
    execArgv: [],
    // A loss may be NaN, which JSON cannot say.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ask = (message: TaskRequest | StopRequest): void => {
    if (child.connected) child.send(message);
  };
  const stop = (): void => ask({ kind: 'stop' });
  let complaint = '';
  let answer: TaskAnswer | null = null;
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintLength);
  });
  child.on('message', (message: TaskAnswer) => {
    if (message.kind === 'progress') onProgress(message.progress);
    else answer = message;
  });
  ask(request);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const end = await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, name) => resolve(name === null ? `status ${status}` : `the signal ${name}`));
    });
    return outcomeOf(
      answer,
      request.kind,
      `${end}${complaint === '' ? '' : `: ${complaint.trim().split('\n').at(-1)}`}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function outcomeOf<Kind extends TaskKind>(
  answer: TaskAnswer | null,
  kind: Kind,
  end: string,
): TaskOutcome<Kind> {
  if (answer?.kind === 'done') {
    return { summary: answer.summary as Summaries[Kind], memory: answer.memory };
  }
  if (answer?.kind === 'stopped') return null;
  if (answer?.kind === 'failed') throw new TaskError(answer.message, answer.ofModel);
  throw new TaskError(
    `${kind}: the process ended with ${end}, before it was done. Is there enough memory?`,
    true,
  );
}
