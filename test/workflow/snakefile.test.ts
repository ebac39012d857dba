import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commandLine } from '../../src/cli/program.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const config = [
  'presets=["crate","wbdit"]',
  'seeds=[0,1,2]',
  'shards=3',
  'train={"default": "--steps 5", "wbdit": "--epochs 1"}',
];

/** What snakemake would run, its commands in one line each; null where it is not installed. */
function dryRun(t: TestContext): string | null {
  if (spawnSync('snakemake', ['--version']).status !== 0) {
    t.skip('needs snakemake (Debian: snakemake), which is not on this machine');
    return null;
  }
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
