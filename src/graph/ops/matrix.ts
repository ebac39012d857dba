import { type Dim, operation, type Shape, ShapeError, type Tensor } from '../tensor.js';
import { transposeLast } from './layout.js';
import { broadcastShape, reshape, sumKeep, unbroadcast } from './shape.js';

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

/**
 * op(a) op(b) of two matrices, each transposed first where asked. Gemm takes the transposition as an attribute on
 * every device, so neither direction of a linear layer copies its weights.
 */
export function gemm(a: Tensor, b: Tensor, transA = false, transB = false): Tensor {
  const [rows, innerA] = oriented(a.shape, transA);
  const [innerB, cols] = oriented(b.shape, transB);
  if (innerA !== innerB) throw new ShapeError(`gemm of [${a.shape}] and [${b.shape}]: inner sizes differ`);
  const attributes = { transA: Number(transA), transB: Number(transB) };
  return operation('Gemm', [a, b], [rows, cols], attributes, (g) => [
    transA ? gemm(b, g, transB, true) : gemm(g, b, false, !transB),
    transB ? gemm(g, a, true, transA) : gemm(a, g, !transA, false),
  ]);
}

/**
 * y = x W^T + b on the last axis of x (any rank).
 * @param weight out x in, PyTorch's layout
 * @param bias out, or null
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const [out, width] = weight.shape;
  const flat = reshape(x, [flatDim(x.shape.slice(0, -1)), width]);
  const product = bias === null ? gemm(flat, weight, false, true) : gemmWithBias(flat, weight, bias);
  return reshape(product, [...x.shape.slice(0, -1), out]);
}

function gemmWithBias(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const shape = [x.shape[0], weight.shape[0]];
  return operation('Gemm', [x, weight, bias], shape, { transA: 0, transB: 1 }, (g) => [
    gemm(g, weight),
    gemm(g, x, true, false),
    reshape(sumKeep(g, [0]), bias.shape),
  ]);
}

function oriented(shape: Shape, transposed: boolean): readonly [Dim, Dim] {
  return transposed ? [shape[1], shape[0]] : [shape[0], shape[1]];
}

function flatDim(dims: Shape): Dim {
  return dims.every((dim) => typeof dim === 'number') ? dims.reduce((a, b) => a * b, 1) : dims.join('*');
}
