import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError, FileError } from '../../src/errors.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/io/safetensors.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const golden = join(projectRoot, 'test', 'fixtures', 'golden', 'wbdit_tiny.safetensors');

test('a file of the safetensors library is read', async () => {
  const { tensors } = await readSafetensors(golden);
  const output = tensors.get('output');
  const x = tensors.get('x');
  assert.ok(output?.dtype === 'F32' && x?.dtype === 'F32');
  assert.deepEqual(output.shape, x.shape);
  assert.equal(
    output.data.length,
    output.shape.reduce((product, n) => product * n, 1),
  );
  assert.ok(output.data.every(Number.isFinite));
});

const anyTensor: fc.Arbitrary<StoredTensor> = fc.oneof(
  fc
    .array(fc.float())
    .map((v): StoredTensor => ({ dtype: 'F32', shape: [v.length], data: Float32Array.from(v) })),
  fc
    .array(fc.double())
    .map((v): StoredTensor => ({ dtype: 'F64', shape: [1, v.length], data: Float64Array.from(v) })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((v): StoredTensor => ({ dtype: 'I64', shape: [], data: BigInt64Array.of(v) })),
  fc.uint8Array().map((v): StoredTensor => ({ dtype: 'U8', shape: [v.length], data: v })),
);

test('tensors and metadata come back bit for bit', async (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors');
  const name = fc.string().filter((s) => s !== '__metadata__' && s !== '__proto__');
  const strings = fc.dictionary(name, fc.string()).map((record) => ({ ...record }));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, anyTensor), { selector: ([key]) => key }),
      strings,
      async (entries, metadata) => {
        await writeSafetensors(path, new Map(entries), metadata);
        const read = await readSafetensors(path);
        assert.deepEqual(new Map(read.tensors), new Map(entries));
        assert.deepEqual(read.metadata, metadata);
      },
    ),
    { numRuns: 50, seed: 2 },
  );
});

test('a shape that does not fit its data is refused', async (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors');
  const wrong: StoredTensor = { dtype: 'F32', shape: [2, 2], data: new Float32Array(3) };
  await assert.rejects(writeSafetensors(path, new Map([['w', wrong]])), DataError);
});

test('damaged, cut and foreign files are refused in a sentence', async (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors');
  const whole = readFileSync(golden);
  const header = (text: string, data = 0) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, Buffer.from(text), Buffer.alloc(data)]);
  };
  const tensor = (fields: string) => header(`{"w":{${fields}}}`, 8);
  const files: readonly Buffer[] = [
    Buffer.alloc(0),
    Buffer.alloc(8, 255),
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, 100),
    header('not json'),
    header('[1]'),
    tensor('"dtype":"F16","shape":[2],"data_offsets":[0,4]'),
    tensor('"dtype":"F32","shape":[2],"data_offsets":[0,16]'),
    tensor('"dtype":"F32","shape":[3],"data_offsets":[0,8]'),
    tensor('"dtype":"F32","shape":[-2],"data_offsets":[0,8]'),
    tensor('"dtype":"F32","shape":[2],"data_offsets":[8,0]'),
    tensor('"dtype":"F32","shape":[1e300,1e300],"data_offsets":[0,8]'),
    tensor('"dtype":"F32"'),
  ];
  for (const [i, bytes] of files.entries()) {
    writeFileSync(path, bytes);
    await assert.rejects(readSafetensors(path), FileError, `file ${i}`);
  }
  await assert.rejects(readSafetensors(`${path}.no`), /no such file/);
});

test('a turned bit anywhere is told by the checksum; a file of another program has none', async (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors');
  const data = Float32Array.of(1, 2, 3, 4);
  await writeSafetensors(path, new Map([['w', { dtype: 'F32', shape: [4], data }]]), { note: 'sound' });
  const sound = readFileSync(path);
  const header = sound.readUInt32LE(0);
  for (const at of [8 + header, 8 + header + 7, sound.length - 1, sound.indexOf('sound')]) {
    const damaged = Buffer.from(sound);
    damaged[at] ^= 1;
    writeFileSync(path, damaged);
    await assert.rejects(readSafetensors(path), /is damaged: its bytes do not agree with its checksum/);
  }
  const { metadata } = await readSafetensors(golden);
  assert.equal(metadata.sha256, undefined);
});
