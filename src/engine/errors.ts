import { CellcrateError } from '../errors.js';
import type { Device } from './device.js';

/** The tensor engine cannot run a model on the device that was asked for. */
export class EngineError extends CellcrateError {
  constructor(
    readonly device: Device,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const remedy =
      device === 'cpu'
        ? 'Check that onnxruntime-node is installed for this platform.'
        : 'Use --device cpu, or see docs/devices.md for what this device needs.';
    super(`--device ${device}: the engine cannot run the model there (${reason}). ${remedy}`, { cause });
  }
}
