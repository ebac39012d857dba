import { input, type Shape, ShapeError, sizeOf, type Tensor } from '../graph/tensor.js';
import { stream } from '../random/stream.js';
import type { Initialiser } from './init.js';

/** A trainable array: its place in the model's expression and how it starts. */
export interface Param {
  readonly name: string;
  readonly tensor: Tensor;
  readonly initialise: Initialiser;
}

/**
 * Trainable arrays by dotted name. A model asks for what it needs where it needs it,
 * so that reading the model is reading its parameters.
 */
export class Params {
  private constructor(
    private readonly all: Map<string, Param>,
    private readonly prefix: string,
  ) {}

  static create(): Params {
    return new Params(new Map(), '');
  }

  /** The same collection, with names below `part`. */
  at(part: string | number): Params {
    return new Params(this.all, `${this.prefix}${part}.`);
  }

  /** Declares a parameter, or returns it where it is declared already. */
  get(name: string, shape: readonly number[], initialise: Initialiser): Tensor {
    const full = this.prefix + name;
    const known = this.all.get(full);
    if (known === undefined) {
      const tensor = input(full, shape);
      this.all.set(full, { name: full, tensor, initialise });
      return tensor;
    }
    if (!sameSizes(known.tensor.shape, shape)) {
      throw new ShapeError(`parameter ${full} is asked for as [${shape}] and as [${known.tensor.shape}]`);
    }
    return known.tensor;
  }

  list(): readonly Param[] {
    return [...this.all.values()];
  }
}

export function parameterCount(params: readonly Param[]): number {
  return params.reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0);
}

/** Starting weights: each parameter has a random stream of its own, so adding one changes no other. */
export function initialWeights(params: readonly Param[], seed: number): Map<string, Float32Array> {
  return new Map(
    params.map(({ name, tensor, initialise }) => {
      const data = new Float32Array(sizeOf(tensor.shape));
      initialise(data, tensor.shape as readonly number[], stream(seed, `initial weights of ${name}`));
      return [name, data];
    }),
  );
}

function sameSizes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}
