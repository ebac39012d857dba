import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { beginForces, computeForces, type ForceField } from './forces.js';
import type { ForceTask } from './tsne-worker.js';

/** Computes the forces of a field on this thread and on workers; the same bits for any number of them. */
export class ForceThreads {
  readonly #field: ForceField;
  readonly #angle: number;
  readonly #workers: readonly Worker[];

  /** @param threads at least 1; this thread is one of them */
  constructor(field: ForceField, angle: number, threads: number) {
    this.#field = field;
    this.#angle = angle;
    const workerData: ForceTask = { field, angle };
    // Options of this process, such as --input-type, may be none that a worker can have.
    this.#workers = Array.from(
      { length: threads - 1 },
      () => new Worker(new URL('./tsne-worker.js', import.meta.url), { workerData, execArgv: [] }),
    );
  }

  /** Fills `attraction`, `repulsion` and `kernelSums` for the coordinates in the field. */
  async compute(): Promise<void> {
    beginForces(this.#field);
    const answers = this.#workers.map((worker) => {
      worker.postMessage('compute');
      return once(worker, 'message');
    });
    computeForces(this.#field, this.#angle);
    await Promise.all(answers);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
