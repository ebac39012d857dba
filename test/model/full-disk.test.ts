import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { writeH5ad } from '../../src/io/write.js';
import { generate } from '../../src/model/generate.js';
import { train } from '../../src/model/train.js';
import type { Outcome } from '../cli/run-cli.js';
import { projectRoot } from '../shared.js';
import { assertFailure, contentsOf, refused } from './refused.js';
import { smallTissue } from './small-tissue.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const path = (name: string) => join(folder, name);

before(async () => {
  await writeH5ad(path('data.h5ad'), smallTissue());
  await train(path('data.h5ad'), { out: path('run'), steps: 1, threads: 1 });
  await generate(path('run'), { n: 5, steps: 1, threads: 1, out: path('cells.h5ad') });
});
after(() => rmSync(folder, { recursive: true }));

/** The command line where no file may grow beyond `kilobytes`, which fails as a full disk does. */
function runWithLimit(kilobytes: number, ...args: string[]): Promise<Outcome> {
  const main = join(projectRoot, 'build', 'src', 'cli', 'main.js');
  const script = `ulimit -f ${2 * kilobytes}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, main, ...args, '--quiet']);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...text }));
  });
}

const withoutLimits = process.platform === 'win32' && 'needs a shell that limits the size of files';

test('files that cannot grow: nothing half-written, what was there stays', {
  skip: withoutLimits,
}, async () => {
  const files = contentsOf(folder);
  const calls: readonly (readonly [args: string[], message: RegExp])[] = [
    [
      ['train', path('data.h5ad'), '-o', path('new'), '--steps', '1'],
      /denoiser\.onnx: the file is too large/,
    ],
    [['train', path('data.h5ad'), '-o', path('run'), '--steps', '1', '--force'], /the file is too large/],
    [
      ['generate', path('run'), '-n', '1500', '-o', path('cells.h5ad'), '--steps', '1', '--force'],
      /cells\.h5ad: the file is too large/,
    ],
  ];
  for (const [args, message] of calls) {
    assertFailure(await runWithLimit(30, ...args), 1, message);
    assert.deepEqual(contentsOf(folder), files);
  }
});

/** A disk of its own; where it cannot be mounted (that takes root) the test is skipped. */
function smallDisk(t: TestContext, kilobytes: number): string | null {
  const disk = path('disk');
  mkdirSync(disk);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
  t.after(() => {
    if (status === 0) spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  if (status === 0) return disk;
  t.skip('needs the right to mount a small disk');
  return null;
}

test('a full disk: nothing half-written, what was there stays', async (t) => {
  const disk = smallDisk(t, 128);
  if (disk === null) return;
  const [data, run, cells] = [join(disk, 'data.h5ad'), join(disk, 'run'), join(disk, 'cells.h5ad')];
  copyFileSync(path('data.h5ad'), data);
  copyFileSync(path('cells.h5ad'), cells);
  const full = /no space left on the disk\. Free some space/;
  await refused(disk, ['train', data, '-o', run, '--steps', '1'], 1, full);
  await refused(
    disk,
    ['generate', path('run'), '-n', '6000', '--steps', '1', '-o', join(disk, 'new.h5ad')],
    1,
    full,
  );
  await refused(
    disk,
    ['generate', path('run'), '-n', '6000', '--steps', '1', '-o', cells, '--force'],
    1,
    full,
  );

  const files = contentsOf(disk);
  const options = { out: run, steps: 1, threads: 1, signal: AbortSignal.abort() };
  await assert.rejects(train(data, options), /^FileError: .*state\.safetensors: no space left/);
  assert.deepEqual(contentsOf(disk), files);
});

test('a full disk: the reports name the folder that was asked for', async (t) => {
  const disk = smallDisk(t, 64);
  if (disk === null) return;
  await writeH5ad(path('more.h5ad'), smallTissue({ cells: 60 }));
  const report = join(disk, 'report');
  const files = ['--real', path('more.h5ad'), '--generated', path('more.h5ad')];
  const full = new RegExp(`^cellcrate: ${report}/[a-z.]+: no space left on the disk\\. `);
  await refused(disk, ['evaluate', ...files, '-o', report], 1, full);
  await refused(disk, ['explain', path('run'), '-o', report], 1, full);
});

test('a disk that is full, or read-only, when a run goes on: a clear error, the checkpoint as it was', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const run = join(disk, 'run');
  const signal = AbortSignal.abort();
  await train(path('data.h5ad'), { out: run, steps: 3, threads: 1, signal });
  const checkpoint = readFileSync(join(run, 'checkpoint', 'state.safetensors'));
  const resume = () => train(path('data.h5ad'), { out: run, resume: true, signal });
  const isIntact = () => readFileSync(join(run, 'checkpoint', 'state.safetensors')).equals(checkpoint);

  assert.throws(() => {
    for (;;) appendFileSync(join(disk, 'filler'), Buffer.alloc(4096));
  }, /ENOSPC/);
  await assert.rejects(resume(), /^FileError: .*no space left on the disk\. Free some space/);
  assert.ok(isIntact());

  rmSync(join(disk, 'filler'));
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk]).status, 0);
  await assert.rejects(resume(), /^FileError: .*the disk is read-only/);
  assert.ok(isIntact());
  assert.equal(spawnSync('mount', ['-o', 'remount,rw', disk]).status, 0);
  assert.equal((await train(path('data.h5ad'), { out: run, resume: true })).interrupted, false);
});
