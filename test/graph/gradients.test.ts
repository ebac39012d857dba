import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients } from '../../src/graph/autodiff.js';
import * as activation from '../../src/graph/ops/activation.js';
import * as determinant from '../../src/graph/ops/determinant.js';
import * as elementwise from '../../src/graph/ops/elementwise.js';
import * as gamma from '../../src/graph/ops/gamma.js';
import * as layout from '../../src/graph/ops/layout.js';
import * as matrix from '../../src/graph/ops/matrix.js';
import * as normalise from '../../src/graph/ops/normalise.js';
import * as reduce from '../../src/graph/ops/reduce.js';
import * as shape from '../../src/graph/ops/shape.js';
import { Program } from '../../src/graph/program.js';
import { constant, input, type Shape, sizeOf, type Tensor } from '../../src/graph/tensor.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;

interface OperatorCase {
  readonly shapes: readonly (readonly number[])[];
  readonly build: (...inputs: Tensor[]) => Tensor;
  /** Range that the inputs are drawn from; away from kinks and poles. */
  readonly range?: readonly [number, number];
}

const layer: OperatorCase['shapes'] = [[2, 3, 4]];
const someCounts = constant(Float32Array.of(0, 1, 2, 3, 7, 12), [6]);

/** Each operator that the graph exports, by name; a test below checks that none is missing. */
const cases: Record<string, OperatorCase> = {
  add: { shapes: [[2, 3], [3]], build: elementwise.add },
  sub: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: elementwise.sub,
  },
  mul: {
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
    build: elementwise.mul,
  },
  div: { shapes: [[2, 3], [3]], build: elementwise.div, range: [0.5, 2] },
  neg: { shapes: [[3]], build: elementwise.neg },
  exp: { shapes: [[3]], build: elementwise.exp },
  log: { shapes: [[3]], build: elementwise.log, range: [0.5, 2] },
  sqrt: { shapes: [[3]], build: elementwise.sqrt, range: [0.5, 2] },
  square: { shapes: [[3]], build: elementwise.square },
  sin: { shapes: [[3]], build: elementwise.sin },
  cos: { shapes: [[3]], build: elementwise.cos },
  isPositive: { shapes: [[8]], build: (x) => elementwise.mul(elementwise.isPositive(x), x) },
  clip: { shapes: [[8]], build: (x) => elementwise.clip(x, -0.5, 0.5) },
  relu: { shapes: [[8]], build: activation.relu },
  sigmoid: { shapes: [[3]], build: activation.sigmoid },
  softplus: { shapes: [[3]], build: activation.softplus },
  silu: { shapes: [[3]], build: activation.silu },
  gelu: { shapes: [[8]], build: activation.gelu },
  logRising: { shapes: [[6]], build: (theta) => gamma.logRising(theta, someCounts), range: [0.05, 30] },
  digammaRise: { shapes: [[6], [6]], build: gamma.digammaRise, range: [0.5, 30] },
  softmax: { shapes: layer, build: normalise.softmax },
  logSoftmax: { shapes: layer, build: normalise.logSoftmax },
  layerNorm: { shapes: layer, build: (x) => normalise.layerNorm(x, 1e-6) },
  sum: { shapes: layer, build: (x) => reduce.sum(x, [1]) },
  mean: { shapes: layer, build: (x) => reduce.mean(x, [0, 2]) },
  reshape: { shapes: layer, build: (x) => shape.reshape(x, [6, 4]) },
  expand: { shapes: [[2, 1, 3]], build: (x) => shape.expand(x, [4, 2, 5, 3]) },
  sumKeep: { shapes: layer, build: (x) => shape.sumKeep(x, [0, 1]) },
  unbroadcast: { shapes: layer, build: (x) => shape.unbroadcast(x, [3, 1]) },
  transpose: { shapes: layer, build: (x) => layout.transpose(x, [2, 0, 1]) },
  transposeLast: { shapes: layer, build: layout.transposeLast },
  split: {
    shapes: layer,
    build: (x) => {
      const [first, , third] = layout.split(x, 2, 4);
      return elementwise.mul(first, third);
    },
  },
  concat: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (a, b) => layout.concat([a, b, a], 1),
  },
  slice: { shapes: layer, build: (x) => layout.slice(x, 1, 1, 3) },
  pad: { shapes: layer, build: (x) => layout.pad(x, 2, 1, 2) },
  matmul: {
    shapes: [
      [2, 3, 4],
      [4, 5],
    ],
    build: matrix.matmul,
  },
  // Of a positive definite matrix: x x' + I.
  logDeterminant: {
    shapes: [[2, 4, 3]],
    build: (x) =>
      determinant.logDeterminant(
        elementwise.add(
          matrix.matmul(x, layout.transposeLast(x)),
          constant(
            Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0)),
            [4, 4],
          ),
        ),
      ),
  },
  gemm: {
    shapes: [[3, 2], [4, 3], [2, 4], [2]],
    build: (a, b, sum, row) =>
      elementwise.mul(
        matrix.gemm(a, b, { transA: true, transB: true, scale: -0.5, plus: sum }),
        layout.transpose(matrix.gemm(b, a, { scale: 2, plus: row }), [1, 0]),
      ),
  },
  onRows: { shapes: layer, build: (x) => matrix.onRows(x, elementwise.square) },
  linear: { shapes: [[2, 3, 4], [5, 4], [5]], build: (x, w, b) => matrix.linear(x, w, b, 3) },
};

/** A fixed, uneven weighting, so that no gradient cancels in the sum. */
function weighted(x: Tensor): Tensor {
  const size = sizeOf(x.shape);
  const weights = Float32Array.from({ length: size }, (_, i) => Math.cos(1.7 * i + 0.3));
  return reduce.sum(elementwise.mul(x, constant(weights, x.shape as number[])));
}

test('every exported operator is among the cases', () => {
  const internal = ['broadcastShape', 'sameShape'];
  const exported = [
    activation,
    determinant,
    elementwise,
    gamma,
    layout,
    matrix,
    normalise,
    reduce,
    shape,
  ].flatMap((room) => Object.keys(room).filter((name) => !internal.includes(name)));
  assert.deepEqual(exported.sort(), Object.keys(cases).sort());
});

for (const [name, { shapes, build, range = [-1.5, 1.5] }] of Object.entries(cases)) {
  test(`${name}: gradients agree with finite differences`, async () => {
    const names = shapes.map((_, i) => `x${i}`);
    const inputs = shapes.map((s: Shape, i) => input(names[i], s));
    const loss = weighted(build(...inputs));
    const program = await Program.compile(
      Object.fromEntries([['loss', loss], ...gradients(loss, inputs).map((g, i) => [`g${i}`, g])]),
      engine,
    );
    const random = stream(7, `gradients of ${name}`);
    const data = shapes.map((s) =>
      Float32Array.from({ length: sizeOf(s) }, () => range[0] + (range[1] - range[0]) * random.uniform()),
    );
    const lossAt = async (which: number, element: number, value: number) => {
      const moved = data.map((d, i) => (i === which ? d.with(element, value) : d));
      const feeds = Object.fromEntries(names.map((n, i) => [n, { data: moved[i], shape: shapes[i] }]));
      return (await program.run(feeds)).loss[0];
    };
    const feeds = Object.fromEntries(names.map((n, i) => [n, { data: data[i], shape: shapes[i] }]));
    const analytic = await program.run(feeds);
    for (let which = 0; which < shapes.length; which++) {
      for (let element = 0; element < data[which].length; element++) {
        const at = data[which][element];
        const h = 0.01 * Math.max(1, Math.abs(at) * 0.2);
        // Fourth-order differences: the truncation error stays below float32's own.
        const [a, b, c, d] = [
          await lossAt(which, element, at + h),
          await lossAt(which, element, at - h),
          await lossAt(which, element, at + 2 * h),
          await lossAt(which, element, at - 2 * h),
        ];
        const numeric = (8 * (a - b) - (c - d)) / (12 * h);
        const got = analytic[`g${which}`][element];
        const scale = Math.max(1, Math.abs(numeric));
        assert.ok(
          Math.abs(got - numeric) < 2e-3 * scale,
          `input ${which}[${element}]: ${got}, not ${numeric}`,
        );
      }
    }
    await program.close();
  });
}
