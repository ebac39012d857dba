import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ista, sparseCode } from '../../src/crate/ista.js';
import { gradients } from '../../src/graph/autodiff.js';
import { multiplyAdds } from '../../src/graph/multiply-adds.js';
import { mul } from '../../src/graph/ops/elementwise.js';
import { sum } from '../../src/graph/ops/reduce.js';
import { Program } from '../../src/graph/program.js';
import { input, type Tensor } from '../../src/graph/tensor.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { combine, type Rows, rowsOf, times, timesTransposed } from './plain-loops.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [batch, tokens, dim, atoms] = [2, 3, 8, 20];
const [eta, lambda] = [0.1, 0.1];

const x = new Float32Array(batch * tokens * dim);
stream(2, 'tokens to code').fillNormal(x);

const relu = (a: Rows): Rows => a.map((row) => row.map((value) => Math.max(value, 0)));
const add = (a: Rows, b: Rows) => combine(a, b, (p, q) => p + q);
const sub = (a: Rows, b: Rows) => combine(a, b, (p, q) => p - q);
/** eta a - eta lambda. */
const shrink = (a: Rows): Rows => a.map((row) => row.map((value) => eta * value - eta * lambda));

async function run(
  build: (params: Params, tokens: Tensor) => Tensor,
): Promise<{ code: Float32Array; weight: Float32Array }> {
  const params = Params.create();
  const code = build(params, input('x', [batch, tokens, dim]));
  const weights = initialWeights(params.list(), 3);
  assert.deepEqual([...weights.keys()], ['weight']);
  const program = await Program.compile({ code }, engine, weights);
  const result = await program.run({ x: { data: x, shape: [batch, tokens, dim] } });
  await program.close();
  return { code: result.code, weight: weights.get('weight')! };
}

function assertCode(code: Float32Array, expected: Rows): void {
  const flat = expected.flat();
  assert.equal(code.length, flat.length);
  let zeros = 0;
  flat.forEach((value, i) => {
    assert.ok(Math.abs(code[i] - value) < 1e-5, `${code[i]}, not ${value}`);
    assert.ok(code[i] >= 0);
    if (code[i] === 0) zeros++;
  });
  assert.ok(zeros > 0.1 * code.length && zeros < 0.9 * code.length, `${zeros} of ${code.length} are zero`);
}

test('ista is one step ReLU(y + eta D^T (y - D y) - eta lambda)', async () => {
  const { code, weight } = await run((params, y) => ista(params, dim, null)(y));
  const [y, dictionary] = [rowsOf(x, dim), rowsOf(weight, dim)];
  const residual = sub(y, timesTransposed(y, dictionary));
  assertCode(code, relu(add(y, shrink(times(residual, dictionary)))));
});

test('for many tokens the dictionary is multiplied first, with the same codes and gradients', async () => {
  const params = Params.create();
  const cells = input('x', [2, dim, dim]);
  const multiplied = ista(params, dim, 2 * dim)(cells);
  const twoProducts = ista(params, dim, 2 * dim - 1)(cells);
  const [{ tensor: weight }] = params.list();
  assert.equal(multiplyAdds([multiplied]), 2 * dim ** 3 + dim ** 3);
  assert.equal(multiplyAdds([twoProducts]), 2 * (2 * dim ** 3));
  const outputs = [multiplied, twoProducts].map((code) => [
    code,
    ...gradients(sum(mul(code, code)), [cells, weight]),
  ]);
  const named = outputs.flatMap((of, i) => of.map((tensor, k) => [`${i}${k}`, tensor] as const));
  const program = await Program.compile(Object.fromEntries(named), engine, initialWeights(params.list(), 3));
  const data = new Float32Array(2 * dim * dim);
  stream(5, 'many tokens to code').fillNormal(data);
  const results = await program.run({ x: { data, shape: [2, dim, dim] } });
  await program.close();
  for (const k of [0, 1, 2]) {
    const [one, other] = [results[`0${k}`], results[`1${k}`]];
    const scale = Math.max(...other.map(Math.abs));
    assert.ok(scale > 0);
    one.forEach((value, i) => {
      assert.ok(Math.abs(value - other[i]) < 1e-5 * scale, `${k}: ${value}, not ${other[i]}`);
    });
  }
});

test('sparseCode is two steps from zero on the overcomplete dictionary', async () => {
  const { code, weight } = await run((params, y) => sparseCode(params, y, atoms));
  // Rows of the stored weight are the atoms, so D is its transpose.
  const [y, dictionary] = [rowsOf(x, dim), rowsOf(weight, dim)];
  assert.equal(dictionary.length, atoms);
  const first = relu(shrink(timesTransposed(y, dictionary)));
  const residual = sub(y, times(first, dictionary));
  const second = relu(add(first, shrink(timesTransposed(residual, dictionary))));
  assertCode(code, second);
  const error = (codes: Rows) => {
    const left = sub(y, times(codes, dictionary)).flat();
    const size = codes.flat().reduce((sum, value) => sum + value, 0);
    return left.reduce((sum, value) => sum + value ** 2 / 2, 0) + lambda * size;
  };
  const nothing = first.map((row) => row.map(() => 0));
  assert.ok(error(second) < error(first) && error(first) < error(nothing), 'each step lowers the lasso');
});
