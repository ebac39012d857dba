import { concat, slice } from './ops/layout.js';
import { reshape } from './ops/shape.js';
import { sizeOf, type Tensor } from './tensor.js';

/** A trainable input of the loss. */
export interface Trainable {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Below this size, starting an operator takes longer than its work; joining larger ones costs more passes than it saves. */
const SMALL = 2 ** 16;

/** Parameters that are updated one by one, and those that are joined to one vector for it. */
export function partition(trainables: readonly Trainable[]): {
  readonly alone: readonly Trainable[];
  readonly joined: readonly Trainable[];
} {
  const joined = trainables.filter(({ tensor }) => sizeOf(tensor.shape) < SMALL);
  if (joined.length < 2) return { alone: trainables, joined: [] };
  return { alone: trainables.filter((trainable) => !joined.includes(trainable)), joined };
}

/** Numbers in all of them together. */
export function joinedSize(trainables: readonly Trainable[]): number {
  return trainables.reduce((total, { tensor }) => total + sizeOf(tensor.shape), 0);
}

/** Tensors of known shapes as one vector. */
export function join(tensors: readonly Tensor[]): Tensor {
  return concat(
    tensors.map((tensor) => reshape(tensor, [sizeOf(tensor.shape)])),
    0,
  );
}

/** The parts of such a vector, in the shapes of the trainables. */
export function splitVector(vector: Tensor, trainables: readonly Trainable[]): Tensor[] {
  let start = 0;
  return trainables.map(({ tensor: { shape } }) => {
    const size = sizeOf(shape);
    start += size;
    return reshape(slice(vector, 0, start - size, start), shape);
  });
}

/** `join` of arrays, by the trainables' names. */
export function joinArrays(
  arrays: ReadonlyMap<string, Float32Array>,
  trainables: readonly Trainable[],
): Float32Array {
  const vector = new Float32Array(joinedSize(trainables));
  let start = 0;
  for (const { name, tensor } of trainables) {
    vector.set(arrays.get(name)!, start);
    start += sizeOf(tensor.shape);
  }
  return vector;
}

/** `splitVector` of an array. */
export function splitArray(
  vector: Float32Array,
  trainables: readonly Trainable[],
): Map<string, Float32Array> {
  let start = 0;
  return new Map(
    trainables.map(({ name, tensor }) => {
      const size = sizeOf(tensor.shape);
      start += size;
      return [name, vector.slice(start - size, start)];
    }),
  );
}
