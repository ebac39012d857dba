import type { EngineOptions } from '../engine/device.js';
import { Session, type Value, value } from '../engine/session.js';
import { gradients } from './autodiff.js';
import {
  join,
  joinArrays,
  joinedSize,
  partition,
  splitArray,
  splitVector,
  type Trainable,
} from './flat-parameters.js';
import { toOnnx } from './onnx.js';
import { type AdamW, adamWScalars, adamWUpdate, movingAverage } from './optimiser.js';
import type { ArrayValue } from './program.js';
import { input, type Tensor } from './tensor.js';

type Arrays = ReadonlyMap<string, Float32Array>;

/** Everything that training changes; enough to go on exactly where it stopped. */
export interface TrainingState {
  /** Steps taken. */
  readonly step: number;
  readonly weights: Arrays;
  readonly firstMoments: Arrays;
  readonly secondMoments: Arrays;
  /** Moving average of the weights, where one is kept. */
  readonly averages: Arrays | null;
}

export type { Trainable } from './flat-parameters.js';

export interface StepOptions {
  readonly optimiser: AdamW;
  /** Decay of the moving average of the weights, or null for none. */
  readonly averageDecay: number | null;
  /** Steps over which the learning rate rises linearly to its full value. */
  readonly warmupSteps: number;
}

export function initialState(weights: Arrays, options: StepOptions): TrainingState {
  const zerosLike = () => new Map([...weights].map(([name, data]) => [name, new Float32Array(data.length)]));
  return {
    step: 0,
    weights,
    firstMoments: zerosLike(),
    secondMoments: zerosLike(),
    averages: options.averageDecay === null ? null : new Map(weights),
  };
}

const PARTS = { weights: 'weight', firstMoments: 'm', secondMoments: 'v', averages: 'average' } as const;
type Part = keyof typeof PARTS;

/**
 * Forward pass, backward pass, AdamW and moving average as one ONNX graph. Its state goes in and comes out of every
 * run: on the CPU between two sets of buffers, on a GPU without leaving the device.
 */
export class TrainingStep {
  private next: Record<string, Value>;

  private constructor(
    private readonly session: Session,
    private readonly trainables: readonly Trainable[],
    private readonly options: StepOptions,
    private readonly engine: EngineOptions,
    private current: Record<string, Value>,
    private step: number,
  ) {
    this.next = engine.device === 'webgpu' ? {} : copyOf(current);
  }

  static async compile(
    loss: Tensor,
    trainables: readonly Trainable[],
    options: StepOptions,
    engine: EngineOptions,
    state: TrainingState,
  ): Promise<TrainingStep> {
    const outputs = stepOutputs(loss, trainables, options);
    const resident = Object.keys(outputs).filter((name) => name !== 'loss');
    const session = await Session.create(toOnnx(outputs).bytes, engine, resident);
    return new TrainingStep(session, trainables, options, engine, stateValues(state, trainables), state.step);
  }

  /** Takes one step on a batch and returns the loss before it. */
  async run(batch: Readonly<Record<string, ArrayValue>>): Promise<number> {
    this.step++;
    const feeds: Record<string, Value> = {};
    for (const [name, data] of Object.entries(this.scalars())) feeds[name] = value(Float32Array.of(data), []);
    for (const [name, { data, shape }] of Object.entries(batch)) feeds[name] = value(data, shape);
    for (const [name, held] of Object.entries(this.current)) feeds[name] = held;
    const { loss, ...after } = await this.session.run(feeds, prefixed(this.next));
    if (this.engine.device === 'webgpu') for (const held of Object.values(this.current)) held.dispose();
    this.next = this.engine.device === 'webgpu' ? {} : this.current;
    this.current = Object.fromEntries(Object.entries(after).map(([name, v]) => [name.slice(NEXT.length), v]));
    return (loss.data as Float32Array)[0];
  }

  /** A copy of the state as it is now. */
  async state(): Promise<TrainingState> {
    const held = this.engine.device === 'webgpu' ? await this.download() : this.current;
    const { joined } = partition(this.trainables);
    const arrays = (p: Part): Arrays => {
      const isJoined = p !== 'weights' && joined.length > 0;
      const parts = isJoined
        ? splitArray(held[stateName(p, JOINED)].data as Float32Array, joined)
        : new Map<string, Float32Array>();
      return new Map(
        this.trainables.map(({ name }) => [name, parts.get(name) ?? copyData(held[stateName(p, name)])]),
      );
    };
    return {
      step: this.step,
      weights: arrays('weights'),
      firstMoments: arrays('firstMoments'),
      secondMoments: arrays('secondMoments'),
      averages: this.options.averageDecay === null ? null : arrays('averages'),
    };
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  private scalars(): Record<string, number> {
    const { optimiser, averageDecay, warmupSteps } = this.options;
    const warmth = Math.min(1, this.step / Math.max(1, warmupSteps));
    const values: Record<string, number> = adamWScalars(optimiser, this.step, warmth);
    // A young average would otherwise remember the starting weights for thousands of steps.
    if (averageDecay !== null)
      values.averageRate = 1 - Math.min(averageDecay, (1 + this.step) / (10 + this.step));
    return values;
  }

  /** Reading a GPU buffer directly aborts the process: a session whose outputs lie on the CPU brings them over. */
  private async download(): Promise<Record<string, Value>> {
    const names = Object.keys(this.current);
    const inputs = names.map((name) => input(name, this.current[name].dims));
    const outputs = Object.fromEntries(inputs.map((tensor, i) => [`${NEXT}${i}`, tensor]));
    const session = await Session.create(toOnnx(outputs).bytes, this.engine);
    try {
      const results = await session.run(this.current);
      return Object.fromEntries(names.map((name, i) => [name, results[`${NEXT}${i}`]]));
    } finally {
      await session.close();
    }
  }
}

const NEXT = 'next:';

/** In place of a name, for what is kept of all joined parameters together. */
const JOINED = '(joined)';

/** The weights are the loss's own inputs, so they keep their names. */
function stateName(part: Part, name: string): string {
  return part === 'weights' ? name : `${PARTS[part]}:${name}`;
}

/** The loss and, below `next:`, all that training changes, after one step; expressions of the same before it. */
export function stepOutputs(
  loss: Tensor,
  trainables: readonly Trainable[],
  options: StepOptions,
): Record<string, Tensor> {
  const scalars = {
    stepSize: input('stepSize', []),
    epsilon: input('epsilon', []),
    decay: input('decay', []),
  };
  const averageRate = input('averageRate', []);
  const outputs: Record<string, Tensor> = { loss };
  const slopes = gradients(
    loss,
    trainables.map(({ tensor }) => tensor),
  );
  const slopeOf = new Map(trainables.map(({ name }, i) => [name, slopes[i]]));
  const update = (name: string, param: Tensor, slope: Tensor): Tensor => {
    const held = (p: Part) => input(stateName(p, name), param.shape);
    const before = { param, firstMoment: held('firstMoments'), secondMoment: held('secondMoments') };
    const after = adamWUpdate(options.optimiser, before, slope, scalars);
    outputs[NEXT + stateName('firstMoments', name)] = after.firstMoment;
    outputs[NEXT + stateName('secondMoments', name)] = after.secondMoment;
    if (options.averageDecay !== null) {
      outputs[NEXT + stateName('averages', name)] = movingAverage(held('averages'), after.param, averageRate);
    }
    return after.param;
  };
  const { alone, joined } = partition(trainables);
  for (const { name, tensor } of alone) {
    outputs[NEXT + stateName('weights', name)] = update(name, tensor, slopeOf.get(name)!);
  }
  if (joined.length > 0) {
    const params = join(joined.map(({ tensor }) => tensor));
    const after = splitVector(
      update(JOINED, params, join(joined.map(({ name }) => slopeOf.get(name)!))),
      joined,
    );
    joined.forEach(({ name }, i) => {
      outputs[NEXT + stateName('weights', name)] = after[i];
    });
  }
  return outputs;
}

function stateValues(state: TrainingState, trainables: readonly Trainable[]): Record<string, Value> {
  const values: Record<string, Value> = {};
  const { alone, joined } = partition(trainables);
  for (const p of Object.keys(PARTS) as Part[]) {
    const arrays = state[p];
    if (arrays === null) continue;
    const isJoined = p !== 'weights' && joined.length > 0;
    for (const { name, tensor } of isJoined ? alone : trainables) {
      values[stateName(p, name)] = value(arrays.get(name)!.slice(), tensor.shape as number[]);
    }
    if (isJoined) values[stateName(p, JOINED)] = value(joinArrays(arrays, joined), [joinedSize(joined)]);
  }
  return values;
}

function copyOf(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, value(copyData(v), v.dims)]));
}

function copyData(held: Value): Float32Array {
  return (held.data as Float32Array).slice();
}

function prefixed(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [NEXT + name, v]));
}
