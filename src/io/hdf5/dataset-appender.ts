import type { Dataset } from 'h5wasm/node';
import type { NumberArray } from './writer.js';

/** Bytes collected before they are written. */
const bufferBytes = 2 ** 22;

/** Writes an array row by row into a dataset that grows, whole chunks at a time, so that none is packed twice. */
export class DatasetAppender {
  private readonly width: number;
  private readonly buffer: NumberArray;
  private filled = 0;
  private rows = 0;

  /** @param attempt runs an action of the library and describes its failure */
  constructor(
    private readonly dataset: Dataset,
    empty: NumberArray,
    private readonly rowShape: readonly number[],
    chunkRows: number,
    private readonly attempt: (action: () => void) => void,
  ) {
    this.width = rowShape.reduce((product, n) => product * n, 1);
    const chunkLength = chunkRows * this.width;
    const chunks = Math.max(
      Math.floor(bufferBytes / (Math.max(chunkLength, 1) * empty.BYTES_PER_ELEMENT)),
      1,
    );
    this.buffer = newArray(empty, chunks * chunkLength);
  }

  /** @param data whole rows, of the type that the dataset has */
  append(data: NumberArray): void {
    for (let at = 0; at < data.length; ) {
      const part = data.subarray(at, at + this.buffer.length - this.filled);
      setAll(this.buffer, part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === this.buffer.length) this.flush();
    }
  }

  /** Writes what is left. */
  finish(): void {
    this.flush();
  }

  private flush(): void {
    if (this.filled === 0) return;
    const rows = this.rows + this.filled / this.width;
    const data = this.buffer.subarray(0, this.filled);
    this.attempt(() => {
      this.dataset.resize([rows, ...this.rowShape]);
      this.dataset.write_slice(
        [[this.rows, rows], ...this.rowShape.map((n): [number, number] => [0, n])],
        data,
      );
    });
    this.rows = rows;
    this.filled = 0;
  }
}

function newArray(like: NumberArray, length: number): NumberArray {
  if (like instanceof BigInt64Array) return new BigInt64Array(length);
  if (like instanceof Int32Array) return new Int32Array(length);
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function setAll(target: NumberArray, source: NumberArray, at: number): void {
  if (target instanceof BigInt64Array) {
    if (source instanceof BigInt64Array) target.set(source, at);
  } else if (!(source instanceof BigInt64Array)) {
    target.set(source, at);
  }
}
