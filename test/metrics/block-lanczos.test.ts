import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK, leadingEigen, type SymmetricOperator } from '../../src/metrics/block-lanczos.js';
import { symmetricEigen } from '../../src/metrics/symmetric-eigen.js';
import { stream } from '../../src/random/stream.js';
import { assertAllClose, assertClose } from './close.js';

/** A symmetric matrix of these eigenvalues and random eigenvectors, n x n. */
function matrixOf(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const draws = stream(seed, 'matrix');
  const random = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) random[i * n + j] = random[j * n + i] = draws.normal();
  }
  const { vectors } = symmetricEigen(random, n);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) matrix[i * n + j] += vectors[i * n + k] * values[k] * vectors[j * n + k];
    }
  }
  return matrix;
}

const times =
  (matrix: Float64Array, n: number): SymmetricOperator =>
  (block) => {
    const image = new Float64Array(block.length);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        for (let c = 0; c < BLOCK; c++) image[i * BLOCK + c] += matrix[i * n + j] * block[j * BLOCK + c];
      }
    }
    return image;
  };

function assertEigen(matrix: Float64Array, n: number, expected: readonly number[], seed: number): void {
  const wanted = expected.length;
  const { values, vectors } = leadingEigen(times(matrix, n), n, wanted, seed);
  assertAllClose(values, expected, 1e-5);
  for (let c = 0; c < wanted; c++) {
    let squared = 0;
    for (let i = 0; i < n; i++) {
      let image = 0;
      for (let j = 0; j < n; j++) image += matrix[i * n + j] * vectors[j * wanted + c];
      squared += (image - values[c] * vectors[i * wanted + c]) ** 2;
    }
    assert.ok(
      Math.sqrt(squared) <= 1e-3 * values[c] + 1e-10,
      `residual of vector ${c}: ${Math.sqrt(squared)}`,
    );
  }
  for (let a = 0; a < wanted; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let i = 0; i < n; i++) product += vectors[i * wanted + a] * vectors[i * wanted + b];
      assertClose(product, a === b ? 1 : 0, 1e-10);
    }
  }
}

test('leading eigenvalues and vectors of a long flat spectrum', () => {
  const values = Array.from({ length: 300 }, (_, i) => (i < 5 ? 100 / (i + 1) : 3 - i / 100)).map((value) =>
    Math.max(value, 0.01),
  );
  const sorted = [...values].sort((a, b) => b - a);
  assertEigen(matrixOf(values, 1), 300, sorted.slice(0, 20), 2);
});

test('a space that ends goes on in a random direction: every vector of the identity is found', () => {
  const identity = matrixOf(new Array<number>(30).fill(2), 1);
  assertEigen(identity, 30, new Array<number>(12).fill(2), 3);
});

test('four equal values are told apart', () => {
  const values = [9, 9, 9, 9, ...Array.from({ length: 60 }, (_, i) => 3 - i / 30)];
  assertEigen(matrixOf(values, 4), 64, [9, 9, 9, 9, 3], 5);
});

test('matrices smaller than a block, and all vectors of one that no block divides', () => {
  for (const n of [1, 2, 3, 6, 11]) {
    const values = Array.from({ length: n }, (_, i) => n - i);
    assertEigen(matrixOf(values, n), n, values, n);
  }
});

test('a matrix of fewer directions than wanted has zeros for the rest', () => {
  const n = 40;
  const values = [5, 4, ...new Array<number>(n - 2).fill(0)];
  const found = leadingEigen(times(matrixOf(values, 6), n), n, 6, 7);
  assertAllClose(found.values, [5, 4, 0, 0, 0, 0], 1e-9);
  assert.ok(found.vectors.every(Number.isFinite));
});

test('the last directions of a space that ends twice are found', () => {
  const values = [5, 4, 1, 1, 1, 1, 1, 1];
  assertEigen(matrixOf(values, 8), 8, values, 9);
});
