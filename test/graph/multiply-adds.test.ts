import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multiplyAdds } from '../../src/graph/multiply-adds.js';
import { add } from '../../src/graph/ops/elementwise.js';
import { transposeLast } from '../../src/graph/ops/layout.js';
import { gemm, linear, matmul } from '../../src/graph/ops/matrix.js';
import { input, ShapeError } from '../../src/graph/tensor.js';
import { denoiserCost, readoutCost } from '../../src/model/model-cost.js';

test('products are counted by their sizes, whichever side is transposed', () => {
  const x = input('x', [5, 3]);
  assert.equal(multiplyAdds([linear(x, input('w', [7, 3]), input('b', [7]))]), 5 * 3 * 7);
  assert.equal(multiplyAdds([gemm(x, input('y', [5, 2]), { transA: true })]), 3 * 5 * 2);
  assert.equal(multiplyAdds([gemm(x, input('y', [4, 3]), { transB: true })]), 5 * 3 * 4);
  const heads = input('heads', [2, 4, 6, 3]);
  assert.equal(multiplyAdds([matmul(heads, transposeLast(heads))]), 2 * 4 * 6 * 3 * 6);
});

test('what two results share is counted once, and sums cost nothing', () => {
  const product = matmul(input('a', [2, 3]), input('b', [3, 4]));
  assert.equal(multiplyAdds([product, add(product, product)]), 24);
});

test('a size that is not known is an error', () => {
  const unknown = matmul(input('a', ['batch', 3]), input('b', [3, 4]));
  assert.throws(() => multiplyAdds([unknown]), ShapeError);
});

test('the published WBDiT takes the products that its sizes say', () => {
  const [tokens, dim, depth] = [200, 768, 3];
  const { multiplyAdds: counted } = denoiserCost({
    ...{ kind: 'wbdit', width: 2000, conditionWidth: 0, patch: 10, dim, depth, heads: 8 },
  });
  // MSSA: U, output and two products of tokens with tokens; ISTA: the dictionary twice.
  const block = tokens * (2 * dim * dim + 2 * tokens * dim) + 2 * tokens * dim * dim + 6 * dim * dim;
  const ends = 2 * tokens * 10 * dim + 256 * dim + dim * dim + 2 * dim * dim;
  assert.equal(counted, depth * block + ends);
});

test('decoding costs nothing where genes are diffused', () => {
  assert.equal(readoutCost({ kind: 'genes' }), 0);
  const autoencoder = {
    genes: 50,
    latent: 4,
    labels: 0,
    hidden: 8,
    decoder: { kind: 'mlp', hidden: 8 },
  } as const;
  assert.equal(
    readoutCost({ kind: 'latent', readout: 'negative-binomial', autoencoder }),
    4 * 8 + 8 * 8 + 8 * 50,
  );
});
