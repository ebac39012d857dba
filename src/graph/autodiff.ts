import { add } from './ops/elementwise.js';
import { constant, type Operation, type Tensor } from './tensor.js';

/**
 * Reverse-mode derivatives of a scalar with respect to `targets`, as expressions of the targets' shapes.
 * A target that the scalar does not depend on is refused: a parameter without a gradient is a mistake.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  const reached = operationsBetween(loss, new Set(targets));
  const cotangents = new Map<Tensor, Tensor>([[loss, constant(Float32Array.of(1), [])]]);
  const accumulate = (tensor: Tensor, g: Tensor) => {
    const before = cotangents.get(tensor);
    cotangents.set(tensor, before === undefined ? g : add(before, g));
  };
  for (const operation of reached) {
    const incoming = operation.outputs.map((output) => cotangents.get(output) ?? null);
    if (incoming.every((g) => g === null)) continue;
    const outgoing = operation.vjp(incoming);
    operation.differentiated.forEach((tensor, i) => {
      const g = outgoing[i];
      if (g) accumulate(tensor, g);
    });
  }
  return targets.map((target) => {
    const g = cotangents.get(target);
    if (g === undefined) throw new Error(`the loss does not depend on ${describe(target)}`);
    return g;
  });
}

/** The operations on a path from a target to the loss, latest first. */
function operationsBetween(loss: Tensor, targets: ReadonlySet<Tensor>): Operation[] {
  const leads = new Map<Tensor, boolean>();
  const found = new Map<Operation, number>();
  const stack: Tensor[] = [loss];
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1];
    const { source } = tensor;
    if (leads.has(tensor)) {
      stack.pop();
    } else if (source.kind !== 'operation') {
      leads.set(tensor, targets.has(tensor));
      stack.pop();
    } else {
      const open = source.differentiated.filter((parent) => !leads.has(parent));
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      const leadsHere = targets.has(tensor) || source.differentiated.some((parent) => leads.get(parent));
      leads.set(tensor, leadsHere);
      if (leadsHere) found.set(source, source.outputs[0].id);
      stack.pop();
    }
  }
  return [...found.keys()].sort((a, b) => found.get(b)! - found.get(a)!);
}

function describe(tensor: Tensor): string {
  return tensor.source.kind === 'input' ? tensor.source.name : `an expression of shape [${tensor.shape}]`;
}
