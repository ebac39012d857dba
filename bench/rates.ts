import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, EngineOptions } from '../src/engine/device.js';
import { Session, type Value, value } from '../src/engine/session.js';
import { toOnnx } from '../src/graph/onnx.js';
import { gemm } from '../src/graph/ops/matrix.js';
import { sum } from '../src/graph/ops/reduce.js';
import { input } from '../src/graph/tensor.js';
import { stream } from '../src/random/stream.js';
import type { Floor } from './result.js';
import { quantile, timed } from './timing.js';

/** Rows, columns and inner size of the product that the engine's rate is taken from. */
const SIZE = 1024;
/** One after the other: on a GPU a single one is over before its operands have come across. */
const PRODUCTS = { cpu: 1, webgpu: 256, cuda: 256 } as const satisfies Record<Device, number>;
/** More than any cache of the processors that this is for. */
const COPIED_FLOATS = 2 ** 24;
const FILE_BYTES = 2 ** 26;

type Work = Pick<Floor, 'operations' | 'bytes' | 'bandwidthOf'>;

/**
 * What this machine does in a second, by the engine and threads of the task. `sample` is called between the task's runs, so
 * that both meet the same neighbours; rates are medians.
 */
export class MachineRates {
  private readonly operations: number[] = [];
  private readonly cpuOperations: number[] = [];
  private readonly memory: number[] = [];
  private readonly file: number[] = [];
  private readonly copied = [
    new Float32Array(COPIED_FLOATS),
    new Float32Array(COPIED_FLOATS).fill(1),
  ] as const;

  private constructor(
    private readonly product: Session,
    private readonly inProduct: number,
    private readonly feeds: Readonly<Record<string, Value>>,
    private readonly folder: string | null,
  ) {}

  /** @param folder where file bandwidth is measured; null leaves it out */
  static async create(engine: EngineOptions, folder: string | null = null): Promise<MachineRates> {
    const shape = [SIZE, SIZE];
    const products = PRODUCTS[engine.device];
    const [a, b] = [input('a', shape), input('b', shape)];
    let y = a;
    // Scaled so that a long chain keeps its size.
    for (let k = 0; k < products; k++) y = gemm(y, b, { transB: true, scale: SIZE ** -0.5 });
    const session = await Session.create(toOnnx({ total: sum(y) }).bytes, engine);
    const random = (name: string) => {
      const data = new Float32Array(SIZE * SIZE);
      stream(0, name).fillNormal(data);
      return value(data, shape);
    };
    const operations = 2 * products * SIZE ** 3;
    const rates = new MachineRates(session, operations, { a: random('a'), b: random('b') }, folder);
    await session.run(rates.feeds);
    return rates;
  }

  async sample(): Promise<void> {
    const product = await timed(() => this.product.run(this.feeds));
    this.operations.push(this.inProduct / product.seconds);
    this.cpuOperations.push(this.inProduct / product.cpuSeconds);
    const [target, source] = this.copied;
    const copy = await timed(() => target.set(source));
    this.memory.push((2 * source.byteLength) / copy.seconds);
    if (this.folder !== null) this.file.push(await fileBandwidth(join(this.folder, 'bandwidth')));
  }

  floor({ operations, bytes, bandwidthOf }: Work): Floor {
    const operationsPerSecond = quantile(this.operations, 0.5);
    const bytesPerSecond = quantile(bandwidthOf === 'memory' ? this.memory : this.file, 0.5);
    const seconds = Math.max(operations / operationsPerSecond, bytes / bytesPerSecond);
    const cpuSeconds = operations === 0 ? null : operations / quantile(this.cpuOperations, 0.5);
    return { seconds, cpuSeconds, operations, operationsPerSecond, bytes, bytesPerSecond, bandwidthOf };
  }

  close(): Promise<void> {
    return this.product.close();
  }
}

/** Bytes a second to a file that is flushed to the disk, and back. */
async function fileBandwidth(path: string): Promise<number> {
  const bytes = new Uint8Array(FILE_BYTES);
  const { seconds } = await timed(() => {
    const file = openSync(path, 'w');
    writeSync(file, bytes);
    fsyncSync(file);
    closeSync(file);
    readFileSync(path);
  });
  rmSync(path);
  return (2 * FILE_BYTES) / seconds;
}
