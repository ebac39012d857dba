import type { EngineOptions } from '../engine/device.js';
import { type ElementArray, Session, value } from '../engine/session.js';
import { toOnnx } from './onnx.js';
import type { Tensor } from './tensor.js';

export interface ArrayValue {
  readonly data: ElementArray;
  readonly shape: readonly number[];
}

/** Expressions compiled for a device: feed the inputs by name, get the outputs by name. */
export class Program {
  private constructor(private readonly session: Session) {}

  static async compile(
    outputs: Readonly<Record<string, Tensor>>,
    engine: EngineOptions,
    weights?: ReadonlyMap<string, Float32Array>,
  ): Promise<Program> {
    return new Program(await Session.create(toOnnx(outputs, weights).bytes, engine));
  }

  async run(feeds: Readonly<Record<string, ArrayValue>>): Promise<Record<string, Float32Array>> {
    const values = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, shape }]) => [name, value(data, shape)]),
    );
    const results = await this.session.run(values);
    return Object.fromEntries(Object.entries(results).map(([name, v]) => [name, v.data as Float32Array]));
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
