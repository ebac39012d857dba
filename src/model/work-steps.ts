import { setImmediate } from 'node:timers/promises';

export interface WorkProgress {
  /** What is being done, a few words. */
  readonly doing: string;
  /** Share of the work that is done, 0..1. */
  readonly fraction: number;
  /** An estimate from the time so far; null at the beginning. */
  readonly etaSeconds: number | null;
}

/** How long work is done: step by step, each with its share of the work. */
export interface Steps {
  step<T>(doing: string, work: number, run: () => T | Promise<T>): Promise<T>;
}

/** Work that blocks the thread, step by step: between steps progress is told and an interruption heard. */
export class WorkSteps implements Steps {
  readonly #total: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((progress: WorkProgress) => void) | undefined;
  readonly #begun = performance.now();
  #done = 0;

  /** @param total work of all steps, in units of the caller's */
  constructor(
    total: number,
    signal: AbortSignal | undefined,
    onProgress: ((progress: WorkProgress) => void) | undefined,
  ) {
    this.#total = total;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /** @throws the signal's reason when it has aborted */
  async step<T>(doing: string, work: number, run: () => T | Promise<T>): Promise<T> {
    this.part(doing, 0);
    await setImmediate();
    this.#signal?.throwIfAborted();
    const result = await run();
    this.#done += work;
    return result;
  }

  /** A step that another thread has taken. */
  elsewhere(doing: string, work: number): void {
    this.#done += work;
    this.part(doing, 0);
  }

  /** Tells that this much of the work of a step under way is done. */
  part(doing: string, work: number): void {
    const fraction = Math.min(1, (this.#done + work) / this.#total);
    const seconds = (performance.now() - this.#begun) / 1000;
    const etaSeconds = fraction > 0.02 ? (seconds / fraction) * (1 - fraction) : null;
    this.#onProgress?.({ doing, fraction, etaSeconds });
  }
}
