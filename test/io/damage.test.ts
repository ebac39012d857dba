import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Column, CsrMatrix, DataFrame } from '../../src/io/anndata.js';
import { writeH5ad } from '../../src/io/write.js';
import { temporaryFolder } from '../temporary-folder.js';

const child = fileURLToPath(new URL('./read-damaged.js', import.meta.url));

test('cut and bit-flipped files are refused in a sentence, without a crash or a hang', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'sound.h5ad');
  await writeH5ad(path, {
    obs: frame('cell', 30),
    var: frame('gene', 20),
    X: matrix(30, 20),
    layers: new Map([['counts', matrix(30, 20)]]),
    uns: { note: 'sound', list: ['a', 'b'] },
  });
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [child, path, folder, '150', '7'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(error, undefined);
  assert.equal(status, 0, stderr.slice(0, 500));
  const fates: { read: number; refused: number; unexpected: string[] } = JSON.parse(stdout);
  assert.deepEqual(fates.unexpected, []);
  assert.equal(fates.read + fates.refused, 150);
  assert.ok(fates.refused >= 50, `a cut file is never read, yet only ${fates.refused} were refused`);
});

function frame(stem: string, rows: number): DataFrame {
  const names = Array.from({ length: rows }, (_, i) => `${stem}${i}`);
  const codes = Int32Array.from(names, (_, i) => i % 3);
  const columns = new Map<string, Column>([
    ['type', { kind: 'categorical', categories: ['a', 'b', 'c'], codes, ordered: false }],
    ['text', { kind: 'string', values: names }],
    ['flag', { kind: 'boolean', values: names.map((_, i) => i % 2 === 0) }],
  ]);
  return { index: names, columns };
}

function matrix(rows: number, cols: number): CsrMatrix {
  return {
    format: 'csr',
    rows,
    cols,
    indptr: Float64Array.from({ length: rows + 1 }, (_, i) => 2 * i),
    indices: Int32Array.from({ length: 2 * rows }, (_, k) => (k % 2) * 7 + (k % 5)),
    data: Float32Array.from({ length: 2 * rows }, (_, k) => 1 + (k % 4)),
  };
}
