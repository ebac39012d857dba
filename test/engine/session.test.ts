import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { EngineError } from '../../src/engine/errors.js';
import { matmul } from '../../src/graph/ops/matrix.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { projectRoot } from '../shared.js';

const reasons = [
  [
    '/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library a.so',
    'Failed to load library a.so',
  ],
  [
    "Non-zero status code returned while running MatMul node. Name:'m' Status Message: /src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 800.\nmore",
    "Non-zero status code returned while running MatMul node. Name:'m' Status Message: Failed to allocate memory for requested buffer of size 800",
  ],
  [
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:77 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters.',
    'Failed to get a WebGPU adapter: No supported adapters',
  ],
  ['no such device', 'no such device'],
] as const;

test('the reason of an engine error is in one line, without places in C++ sources', () => {
  for (const [said, reason] of reasons) {
    const error = new EngineError('cpu', 'run', new Error(said));
    const message = `--device cpu: the engine failed there (${reason}). If memory ran out, lower --batch-size`;
    assert.equal(error.message, message);
  }
});

test('a failure while a model runs is an EngineError', async () => {
  const [x, y] = [input('x', ['rows', 3]), input('y', [3, 2])];
  const program = await Program.compile({ product: matmul(x, y) }, { device: 'cpu', threads: 1 });
  const shape = [1, 3];
  const wrong = {
    x: { data: new Float32Array(3), shape },
    y: { data: new Float32Array(8), shape: [4, 2] },
  };
  await assert.rejects(program.run(wrong), (error) => {
    return error instanceof EngineError && error.during === 'run' && /invalid dimensions/.test(error.message);
  });
  await program.close();
});

test('the engine writes no lines of its own where a device cannot be had', () => {
  const folder = pathToFileURL(join(projectRoot, 'build', 'src'));
  const script = `
    const { Program } = await import('${folder}/graph/program.js');
    const { input } = await import('${folder}/graph/tensor.js');
    const { matmul } = await import('${folder}/graph/ops/matrix.js');
    const product = matmul(input('x', [1, 3]), input('y', [3, 2]));
    await Program.compile({ product }, { device: 'cuda', threads: 1 }).catch(() => undefined);`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});
