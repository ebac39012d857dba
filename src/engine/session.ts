// Before the engine itself, which looks at the environment as it loads.
import './telemetry.js';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type Device, type EngineOptions, placementOf, providersOf } from './device.js';
import { EngineError } from './errors.js';

// What fails is thrown, and told in our words; the engine would write lines of its own to stderr as well.
env.logLevel = 'fatal';
const onlyFatal = 4;

/** Results may differ in their last bits from version to version. */
export const engineVersion = { onnxruntime: env.versions.node ?? env.versions.common };

/** A value that goes into or comes out of a session. On a GPU it may live there; `download` brings it back. */
export type Value = OrtTensor;

export type ElementArray = Float32Array | BigInt64Array;

/** Wraps an array, without a copy, as a value on the CPU. */
export function value(data: ElementArray, shape: readonly number[]): Value {
  return data instanceof Float32Array
    ? new OrtTensor('float32', data, shape)
    : new OrtTensor('int64', data, shape);
}

/** A compiled ONNX model on one device. */
export class Session {
  private constructor(
    private readonly session: InferenceSession,
    readonly device: Device,
  ) {}

  /**
   * @param model an ONNX file's bytes
   * @param resident outputs that stay on the device, to be fed to the next run
   * @throws EngineError when the device is not there, refuses the model, or lacks an operator of it
   */
  static async create(
    model: Uint8Array,
    options: EngineOptions,
    resident: readonly string[] = [],
  ): Promise<Session> {
    const onGpu = options.device === 'webgpu';
    const locations = Object.fromEntries(resident.map((name) => [name, 'gpu-buffer' as const]));
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: providersOf(options.device),
        graphOptimizationLevel: 'all',
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        logSeverityLevel: onlyFatal,
        extra: {
          session: {
            // Threads that spin while they wait cost a factor of two as soon as anything else wants the cores.
            intra_op: { allow_spinning: '0' },
            // Running means that fade to denormal numbers would slow the processor down a hundredfold.
            set_denormal_as_zero: '1',
            ...placementOf(options.device),
          },
        },
        ...(onGpu && resident.length > 0 ? { preferredOutputLocation: locations } : {}),
      });
      return new Session(session, options.device);
    } catch (cause) {
      throw new EngineError(options.device, 'load', cause);
    }
  }

  /**
   * @param feeds a value for each input
   * @param into values that outputs are written into, by name; the others are allocated
   * @throws EngineError when the device fails, or the feeds do not suit the model
   */
  async run(
    feeds: Readonly<Record<string, Value>>,
    into: Readonly<Record<string, Value>> = {},
  ): Promise<Record<string, Value>> {
    const fetches = Object.fromEntries(this.session.outputNames.map((name) => [name, into[name] ?? null]));
    try {
      return (await this.session.run(feeds, fetches)) as Record<string, Value>;
    } catch (cause) {
      throw new EngineError(this.device, 'run', cause);
    }
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}
