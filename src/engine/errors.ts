import { CellcrateError } from '../errors.js';
import type { Device } from './device.js';

/** The tensor engine cannot load a model on the device that was asked for, or failed while it ran it there. */
export class EngineError extends CellcrateError {
  constructor(
    readonly device: Device,
    readonly during: 'load' | 'run',
    cause: unknown,
  ) {
    const failure = during === 'load' ? 'the engine cannot load the model there' : 'the engine failed there';
    super(`--device ${device}: ${failure} (${reasonOf(cause)}). ${remedies[during][onCpu(device)]}`, {
      cause,
    });
  }
}

const onCpu = (device: Device): 'cpu' | 'other' => (device === 'cpu' ? 'cpu' : 'other');

const remedies = {
  load: {
    cpu: 'Check that onnxruntime-node is installed for this platform',
    other: 'Use --device cpu, or see docs/devices.md for what this device needs',
  },
  run: {
    cpu: 'If memory ran out, lower --batch-size',
    other: 'Use --device cpu; if memory ran out, lower --batch-size',
  },
} as const;

/**
 * The first line of what the engine says, without where in its C++ sources it says so:
 * '/src/a.cc:12 void Session::Run() [ONNXRuntimeError] : 1 : FAIL : no memory' is 'no memory', and so is
 * '/src/a.cc:12 void Session::Run() status == Ok was false. no memory'.
 */
function reasonOf(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
  return line
    .replace(/^.*?\[ONNXRuntimeError\] : \d+ : \w+ : /, '')
    .replace(/\S+\.(?:cc|cpp|cu|h|hpp):\d+ .* was false\. (?=\S)/, '')
    .replace(/\S+\.(?:cc|cpp|cu|h|hpp):\d+ (?:[^()]*\([^()]*\)(?: const)? )?/g, '')
    .replace(/[\s.]+$/, '');
}
