/**
 * Symbolic tensors. An expression is built by calling operators; nothing is computed until it is compiled.
 * Each operation carries its own vector-Jacobian rule, so a derivative is just more expression.
 */

/** A size, or the name of one that is known only when the program runs (`'batch'`). */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DType = 'float32' | 'int64';

export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Cotangents of an operation's outputs (null: nothing flows back) to cotangents of its inputs. */
export type Vjp = (gradients: readonly (Tensor | null)[]) => readonly (Tensor | null)[];

export interface InputSource {
  readonly kind: 'input';
  readonly name: string;
}

export interface ConstantSource {
  readonly kind: 'constant';
  readonly data: Float32Array | BigInt64Array;
}

/** One ONNX node. */
export interface Operation {
  readonly kind: 'operation';
  readonly type: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  readonly vjp: Vjp;
  /** Whom the results of `vjp` are for: the inputs, unless the operation has a rule written by hand. */
  readonly differentiated: readonly Tensor[];
}

export interface Tensor {
  /** Grows with creation: an operation's outputs are younger than its inputs. */
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: InputSource | ConstantSource | Operation;
}

let created = 0;

/** A value that is given when the program runs. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  return { id: created++, dtype, shape, source: { kind: 'input', name } };
}

/** A fixed float32 array, row-major. */
export function constant(data: Float32Array, shape: readonly number[]): Tensor {
  return { id: created++, dtype: 'float32', shape, source: { kind: 'constant', data } };
}

/** A fixed number; broadcasts against any shape. */
export function scalar(value: number): Tensor {
  return constant(Float32Array.of(value), []);
}

/** A fixed vector of integers, as the shape-like arguments of ONNX operators need. */
export function integers(values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { id: created++, dtype: 'int64', shape: [values.length], source: { kind: 'constant', data } };
}

/** Adds an operation with several outputs. */
export function operations(
  type: string,
  inputs: readonly Tensor[],
  shapes: readonly Shape[],
  attributes: Attributes,
  vjp: Vjp,
): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const source: Operation = {
    kind: 'operation',
    type,
    inputs,
    attributes,
    outputs,
    vjp,
    differentiated: inputs,
  };
  for (const shape of shapes) outputs.push({ id: created++, dtype: 'float32', shape, source });
  return outputs;
}

/** Adds an operation with one output. */
export function operation(
  type: string,
  inputs: readonly Tensor[],
  shape: Shape,
  attributes: Attributes,
  vjp: (gradient: Tensor) => readonly (Tensor | null)[],
): Tensor {
  return operations(type, inputs, [shape], attributes, ([g]) => vjp(g!))[0];
}

/** The same value, with a vector-Jacobian rule of its own with respect to `inputs`. */
export function withVjp(
  value: Tensor,
  inputs: readonly Tensor[],
  vjp: (gradient: Tensor) => readonly (Tensor | null)[],
): Tensor {
  const outputs: Tensor[] = [];
  const source: Operation = {
    kind: 'operation',
    type: 'Identity',
    inputs: [value],
    attributes: {},
    outputs,
    vjp: ([g]) => vjp(g!),
    differentiated: inputs,
  };
  outputs.push({ id: created++, dtype: value.dtype, shape: value.shape, source });
  return outputs[0];
}

/** Number of elements; throws for a shape with a named dimension. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dim of shape) {
    if (typeof dim !== 'number') throw new ShapeError(`the size of [${shape}] is not known before it runs`);
    size *= dim;
  }
  return size;
}

/** Two expressions do not fit together: a mistake in the model's code, not in the user's data. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
