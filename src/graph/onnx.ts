import { ProtobufWriter } from './protobuf.js';
import type { Attribute, DType, Operation, Shape, Tensor } from './tensor.js';

/** Plain operators of the default ONNX domain; 20 is the first that has all of ours. */
const OPSET = 20;
const IR_VERSION = 9;
const ELEMENT_TYPE: Record<DType, number> = { float32: 1, int64: 7 };

export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** Names of the inputs that the outputs depend on and that no weight is bound to. */
  readonly inputs: readonly string[];
}

/**
 * Writes the expressions as an ONNX model.
 * @param outputs the values that the model returns, by name
 * @param weights inputs to be stored in the file instead of asked for, by name
 */
export function toOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  weights: ReadonlyMap<string, Float32Array> = new Map(),
): OnnxModel {
  const { operations, inputs, constants } = collect(Object.values(outputs));
  const names = nameTensors(operations, inputs, constants, outputs);
  const asked = inputs.filter((tensor) => !weights.has(names.get(tensor)!));
  const model = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'cellcrate')
    .message(7, (graph) => {
      for (const operation of operations) graph.message(1, (node) => writeNode(node, operation, names));
      // An output may be an input as it stands, or be asked for under two names; all others need no copy.
      for (const [name, tensor] of Object.entries(outputs)) {
        if (names.get(tensor) === name) continue;
        graph.message(1, (node) => node.string(1, names.get(tensor)!).string(2, name).string(4, 'Identity'));
      }
      graph.string(2, 'cellcrate');
      for (const tensor of inputs) {
        const data = weights.get(names.get(tensor)!);
        if (data) graph.message(5, (proto) => writeTensor(proto, tensor, data, names.get(tensor)!));
      }
      for (const tensor of constants) {
        if (tensor.source.kind !== 'constant') continue;
        const { data } = tensor.source;
        graph.message(5, (proto) => writeTensor(proto, tensor, data, names.get(tensor)!));
      }
      for (const tensor of asked)
        graph.message(11, (info) => writeValueInfo(info, tensor, names.get(tensor)!));
      for (const [name, tensor] of Object.entries(outputs)) {
        graph.message(12, (info) => writeValueInfo(info, tensor, name));
      }
    })
    .message(8, (opset) => opset.string(1, '').integer(2, OPSET));
  return { bytes: model.finish(), inputs: asked.map((tensor) => names.get(tensor)!) };
}

interface Collected {
  readonly operations: Operation[];
  readonly inputs: Tensor[];
  readonly constants: Tensor[];
}

/** Everything the outputs depend on, in order of creation (which is a topological order). */
function collect(outputs: readonly Tensor[]): Collected {
  const seen = new Set<Tensor>();
  const operations = new Set<Operation>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    if (tensor.source.kind === 'operation') {
      operations.add(tensor.source);
      stack.push(...tensor.source.inputs);
    }
  }
  const leaves = [...seen].sort((a, b) => a.id - b.id);
  return {
    operations: [...operations].sort((a, b) => a.outputs[0].id - b.outputs[0].id),
    inputs: leaves.filter((tensor) => tensor.source.kind === 'input'),
    constants: leaves.filter((tensor) => tensor.source.kind === 'constant'),
  };
}

/** What is computed for an output has its name. Numbers count from the first operation, so the same model gives the same bytes. */
function nameTensors(
  operations: Operation[],
  inputs: Tensor[],
  constants: Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  const taken = new Map<string, Tensor>();
  for (const tensor of inputs) {
    if (tensor.source.kind !== 'input') continue;
    const { name } = tensor.source;
    if (taken.has(name)) throw new Error(`two different inputs are named ${name}`);
    taken.set(name, tensor);
    names.set(tensor, name);
  }
  for (const [i, tensor] of constants.entries()) names.set(tensor, `constant_${i}`);
  let count = 0;
  for (const operation of operations) {
    for (const output of operation.outputs) names.set(output, `${operation.type}_${count++}`);
  }
  for (const [name, { source }] of Object.entries(outputs)) {
    if (source.kind === 'operation') names.set(outputs[name], name);
  }
  return names;
}

function writeNode(node: ProtobufWriter, operation: Operation, names: ReadonlyMap<Tensor, string>): void {
  for (const tensor of operation.inputs) node.string(1, names.get(tensor)!);
  for (const tensor of operation.outputs) node.string(2, names.get(tensor)!);
  node.string(4, operation.type);
  for (const [name, value] of Object.entries(operation.attributes)) {
    node.message(5, (attribute) => writeAttribute(attribute.string(1, name), value));
  }
}

function writeAttribute(attribute: ProtobufWriter, value: Attribute): void {
  if (typeof value === 'number') attribute.integer(3, value).integer(20, 2);
  else if (typeof value === 'string') attribute.string(4, value).integer(20, 3);
  else if ('float' in value) attribute.float(2, value.float).integer(20, 1);
  else {
    for (const item of value) attribute.integer(8, item);
    attribute.integer(20, 7);
  }
}

function writeTensor(
  proto: ProtobufWriter,
  tensor: Tensor,
  data: Float32Array | BigInt64Array,
  name: string,
): void {
  for (const dim of tensor.shape) proto.integer(1, dim as number);
  proto.integer(2, ELEMENT_TYPE[tensor.dtype]).string(8, name);
  proto.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValueInfo(info: ProtobufWriter, tensor: Tensor, name: string): void {
  info
    .string(1, name)
    .message(2, (type) =>
      type.message(1, (tensorType) =>
        tensorType
          .integer(1, ELEMENT_TYPE[tensor.dtype])
          .message(2, (shape) => writeShape(shape, tensor.shape)),
      ),
    );
}

function writeShape(proto: ProtobufWriter, shape: Shape): void {
  for (const dim of shape) {
    proto.message(1, (d) => (typeof dim === 'number' ? d.integer(1, dim) : d.string(2, dim)));
  }
}
