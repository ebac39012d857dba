import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../shared.js';
import { installIn, pack, runIn } from './installed-package.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const packed = pack(folder);
const project = join(folder, 'project');
const skip = installIn(project, packed) ?? false;

test('the package holds the built code, the bundled data and the papers, and nothing else', () => {
  const files = new Set(packed.files);
  const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `dist/${file.replaceAll('\\', '/').replace(/\.ts$/, '')}`);
  const documents = readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(md|svg)$/.test(file))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`);
  const expected = new Set([
    ...sources.flatMap((file) => [`${file}.js`, `${file}.d.ts`]),
    ...['data/README.md', 'data/simulated_small.h5ad', 'ARCHITECTURE.md'],
    ...documents,
    ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ]);
  const missing = [...expected].filter((file) => !files.has(file));
  const strange = [...files].filter((file) => !expected.has(file));
  assert.deepEqual({ missing, strange }, { missing: [], strange: [] });
});

test('npx cellcrate answers', { skip }, () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  assert.equal(runIn(project, 'npx', 'cellcrate', '--version').stdout.trim(), version);
  assert.match(runIn(project, 'npx', 'cellcrate', '--help').stdout, /Examples:\n {2}cellcrate demo/);
  const data = join('node_modules', 'cellcrate', 'data', 'simulated_small.h5ad');
  const inspected = runIn(project, 'npx', 'cellcrate', 'inspect', data, '--json');
  assert.equal(JSON.parse(inspected.stdout).chosen.kind, 'counts', inspected.stderr);
});

test('it can be imported, and its engine runs', { skip }, () => {
  writeFileSync(
    join(project, 'use.mjs'),
    `import { input, Program, readH5ad, version } from 'cellcrate';
    const { obs } = await readH5ad('node_modules/cellcrate/data/simulated_small.h5ad');
    const program = await Program.compile({ same: input('x', [2]) }, { device: 'cpu', threads: 1 });
    const { same } = await program.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    console.log(version, obs.index.length, ...same);`,
  );
  const { stdout, stderr } = runIn(project, process.execPath, 'use.mjs');
  assert.match(stdout, /^\S+ 2000 1 2\n$/, stderr);
});

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`its types resolve and hold with ${moduleResolution} resolution`, { skip }, () => {
    writeFileSync(
      join(project, 'use.mts'),
      `import { type AnnData, FileError, generate, readH5ad, type TrainOptions, train } from 'cellcrate';
      const options: TrainOptions = { out: 'run', labelKeys: ['cell_type'], steps: 10 };
      export async function synthesise(file: string): Promise<AnnData> {
        const { run } = await train(file, options);
        const { cells } = await generate(run, { n: 10, out: 'out.h5ad' });
        if (cells !== 10) throw new FileError('out.h5ad', 'is short', 'Try again');
        return readH5ad('out.h5ad');
      }
      // @ts-expect-error a number of cells is a number
      await generate('run', { n: 'ten', out: 'out.h5ad' });`,
    );
    const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const target = ['--noEmit', '--strict', '--target', 'es2022', '--types', '', '--ignoreConfig'];
    const resolution = ['--module', module, '--moduleResolution', moduleResolution];
    const checked = runIn(project, process.execPath, tsc, ...target, ...resolution, 'use.mts');
    assert.deepEqual([checked.stdout, checked.status], ['', 0]);
  });
}
