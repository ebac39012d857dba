import { type Operation, sizeOf, type Tensor } from './tensor.js';

/**
 * Multiply-adds of all matrix products (MatMul and Gemm) that an expression takes, for the sizes of its inputs. They are
 * nearly all of a network's work; elementwise operations, normalisations and activations are not counted.
 * @throws ShapeError where a product has a named size
 */
export function multiplyAdds(outputs: readonly Tensor[]): number {
  const seen = new Set<Operation>();
  const waiting = [...outputs];
  let total = 0;
  for (let tensor = waiting.pop(); tensor !== undefined; tensor = waiting.pop()) {
    const { source } = tensor;
    if (source.kind !== 'operation' || seen.has(source)) continue;
    seen.add(source);
    total += ofProduct(source);
    waiting.push(...source.inputs);
  }
  return total;
}

function ofProduct({ type, inputs, outputs, attributes }: Operation): number {
  if (type !== 'MatMul' && type !== 'Gemm') return 0;
  const { shape } = inputs[0];
  const inner = attributes.transA === 1 ? shape.at(-2) : shape.at(-1);
  return sizeOf(outputs[0].shape) * sizeOf([inner!]);
}
