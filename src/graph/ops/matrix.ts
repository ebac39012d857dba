import { type Dim, operation, type Shape, ShapeError, type Tensor } from '../tensor.js';
import { transposeLast } from './layout.js';
import { broadcastShape, reshape, unbroadcast } from './shape.js';

/** Matrix product over the last two axes; leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const inner = a.shape.at(-1);
  if (inner !== b.shape.at(-2)) throw new ShapeError(`[${a.shape}] x [${b.shape}]: inner sizes differ`);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(-2)!, b.shape.at(-1)!];
  return operation('MatMul', [a, b], shape, {}, (g) => [
    unbroadcast(matmul(g, transposeLast(b)), a.shape),
    unbroadcast(matmul(transposeLast(a), g), b.shape),
  ]);
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Multiplies the product, not `plus`. */
  readonly scale?: number;
  /** Added to the product; rows x cols, or a row. */
  readonly plus?: Tensor | null;
}

/**
 * scale op(a) op(b) + plus, for two matrices that are transposed first where asked. Gemm takes all of that as attributes
 * on every device: neither direction of a linear layer copies its weights, and scales and sums cost no pass of their own.
 */
export function gemm(a: Tensor, b: Tensor, options: GemmOptions = {}): Tensor {
  const { transA = false, transB = false, scale = 1, plus = null } = options;
  const [rows, innerA] = oriented(a.shape, transA);
  const [innerB, cols] = oriented(b.shape, transB);
  if (innerA !== innerB) throw new ShapeError(`gemm of [${a.shape}] and [${b.shape}]: inner sizes differ`);
  const attributes = {
    transA: Number(transA),
    transB: Number(transB),
    ...(scale !== 1 && { alpha: { float: scale } }),
  };
  const inputs = plus === null ? [a, b] : [a, b, plus];
  return operation('Gemm', inputs, [rows, cols], attributes, (g) => [
    transA ? gemm(b, g, { transA: transB, transB: true, scale }) : gemm(g, b, { transB: !transB, scale }),
    transB ? gemm(g, a, { transA: true, transB: transA, scale }) : gemm(a, g, { transA: !transA, scale }),
    ...(plus === null ? [] : [unbroadcast(g, plus.shape)]),
  ]);
}

/**
 * y = scale x W^T + b on the last axis of x (any rank).
 * @param weight out x in, PyTorch's layout
 * @param bias out, or null
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null, scale = 1): Tensor {
  return onRows(x, (rows) => gemm(rows, weight, { transB: true, scale, plus: bias }));
}

/** A function of a matrix on the last axis of `x` (any rank), whose other axes are rows. */
export function onRows(x: Tensor, of: (rows: Tensor) => Tensor): Tensor {
  const leading = x.shape.slice(0, -1);
  const result = of(reshape(x, [flatDim(leading), x.shape.at(-1)!]));
  return reshape(result, [...leading, result.shape[1]]);
}

function oriented(shape: Shape, transposed: boolean): readonly [Dim, Dim] {
  return transposed ? [shape[1], shape[0]] : [shape[0], shape[1]];
}

function flatDim(dims: Shape): Dim {
  return dims.every((dim) => typeof dim === 'number') ? dims.reduce((a, b) => a * b, 1) : dims.join('*');
}
