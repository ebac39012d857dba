import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commandLine } from '../../src/cli/program.js';
import { writeH5ad } from '../../src/io/write.js';
import { generate } from '../../src/model/generate.js';
import { smallTissue } from '../model/small-tissue.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const config = [
  'presets=["crate","wbdit"]',
  'seeds=[0,1,2]',
  'shards=3',
  'train={"default": "--steps 5", "wbdit": "--epochs 1"}',
];

function hasSnakemake(t: TestContext): boolean {
  const isThere = spawnSync('snakemake', ['--version']).status === 0;
  if (!isThere) t.skip('needs snakemake (Debian: snakemake), which is not on this machine');
  return isThere;
}

/** What snakemake would run, its commands in one line each; null where it is not installed. */
function dryRun(t: TestContext): string | null {
  if (!hasSnakemake(t)) return null;
  const folder = temporaryFolder(t);
  const args = ['-s', 'workflow/Snakefile', '--cores', '2', '--dry-run', '--printshellcmds', '--nolock'];
  const output = execFileSync(
    'snakemake',
    [...args, '--config', `results=${join(folder, 'results')}`, ...config],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: 'pipe',
    },
  );
  assert.ok(!existsSync(join(folder, 'results')), 'a dry run writes nothing');
  return output;
}

test('the workflow plans every data set, preset, seed and shard once', (t) => {
  const output = dryRun(t);
  if (output === null) return;
  const jobs = (rule: string) => Number(new RegExp(`^${rule} +(\\d+)`, 'm').exec(output)?.[1]);
  assert.deepEqual(
    Object.fromEntries(
      ['split', 'train', 'generate', 'merge', 'evaluate', 'figures'].map((rule) => [rule, jobs(rule)]),
    ),
    { split: 1, train: 6, generate: 18, merge: 6, evaluate: 6, figures: 1 },
  );
  assert.match(output, /--preset wbdit --seed 2[\s\S]*?--epochs 1/);
  assert.match(output, /--shard 3\/3/);
});

test('its commands have only options that the command line knows', (t) => {
  const output = dryRun(t);
  if (output === null) return;
  const commands = new Map(commandLine().commands.map((command) => [command.name(), command]));
  const called = [...output.replaceAll(/\\\n/g, ' ').matchAll(/node dist\/cli\/main\.js (\w+) (.*)$/gm)];
  assert.deepEqual(
    new Set(called.map(([, name]) => name)),
    new Set(['split', 'train', 'generate', 'merge', 'evaluate']),
  );
  for (const [, name, rest] of called) {
    const known = commands.get(name)!.options.map(({ long }) => long);
    for (const [option] of rest.matchAll(/(?<=\s)--[a-z-]+/g)) {
      assert.ok(known.includes(option), `${name} ${option}`);
    }
  }
});

test('on local cores it goes from data to a table, and merged shards are what one process writes', async (t) => {
  if (!hasSnakemake(t)) return;
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  await writeH5ad(at('tissue.h5ad'), smallTissue({ cells: 160 }));
  mkdirSync(at('workflow'));
  const settings = {
    cellcrate: `node ${join(projectRoot, 'dist/cli/main.js')}`,
    results: 'results',
    datasets: { tissue: { file: 'tissue.h5ad', label_key: 'cell_type' } },
    ...{ presets: ['crate'], seeds: [0], cells: 50, shards: 2, batch_size: 16, test_fraction: 0.25 },
    train: { default: '--steps 3' },
    threads: { train: 1, generate: 1, evaluate: 1 },
  };
  writeFileSync(at('workflow/config.yaml'), JSON.stringify(settings));
  const args = ['-s', join(projectRoot, 'workflow/Snakefile'), '--cores', '2'];
  const { status, stderr } = spawnSync('snakemake', args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const model = at('results/tissue/crate/seed-0');
  const whole = at('whole.h5ad');
  await generate(join(model, 'run'), { out: whole, n: 50, batchSize: 16, threads: 1, seed: 0 });
  assert.deepEqual(readFileSync(join(model, 'generated.h5ad')), readFileSync(whole));
  const [head, ...lines] = readFileSync(at('results/figures.csv'), 'utf8').trimEnd().split('\n');
  assert.match(head, /^dataset,preset,seed,figure,label,of,value,/);
  assert.ok(lines.length > 50 && lines.every((line) => line.startsWith('tissue,crate,0,')));
  const again = spawnSync('snakemake', [...args, '--dry-run'], { cwd: folder, encoding: 'utf8' });
  assert.match(`${again.stdout}${again.stderr}`, /Nothing to be done/);
});
