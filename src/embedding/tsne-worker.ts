import { parentPort, workerData } from 'node:worker_threads';
import { computeForces, type ForceField } from './forces.js';

/** What a thread is given once; then each message asks for one round of forces, and is answered when none is left. */
export interface ForceTask {
  readonly field: ForceField;
  readonly angle: number;
}

const { field, angle } = workerData as ForceTask;
parentPort?.on('message', () => {
  computeForces(field, angle);
  parentPort?.postMessage('done');
});
