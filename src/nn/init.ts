import type { Stream } from '../random/stream.js';

/** Fills a parameter with its starting values. Weights are out x in. */
export type Initialiser = (data: Float32Array, shape: readonly number[], random: Stream) => void;

export const zeros: Initialiser = () => {};

export function constantly(value: number): Initialiser {
  return (data) => data.fill(value);
}

/** N(0, deviation^2). */
export function normal(deviation: number): Initialiser {
  return (data, _shape, random) => {
    random.fillNormal(data, 0, data.length);
    for (let i = 0; i < data.length; i++) data[i] *= deviation;
  };
}

/** Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010). */
export const xavierUniform: Initialiser = (data, [out, width], random) => {
  fillUniform(data, Math.sqrt(6 / (out + width)), random);
};

/** Uniform in +-sqrt(6 / in) (He et al. 2015, for rectified units). */
export const kaimingUniform: Initialiser = (data, [, width], random) => {
  fillUniform(data, Math.sqrt(6 / width), random);
};

function fillUniform(data: Float32Array, bound: number, random: Stream): void {
  for (let i = 0; i < data.length; i++) data[i] = bound * (2 * random.uniform() - 1);
}
