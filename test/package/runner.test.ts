import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const passes = "test('good', () => {});";
const fails = "test('bad', () => { throw new Error('broken'); });";
const skips = "test('idle', (t) => t.skip('needs a moon'));";
const groups = `describe('group', () => { ${passes} ${fails} });`;

/** A project that holds the real runner and these test files; runs it. */
function runProject(t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = temporaryFolder(t);
  const compiled = join(folder, 'build', 'test');
  for (const file of ['run.js', 'shared.js']) {
    cpSync(join(projectRoot, 'build', 'test', file), join(compiled, file));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [subject, code] of Object.entries(files)) {
    for (const file of [join(folder, 'test', `${subject}.test.ts`), join(compiled, `${subject}.test.js`)]) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `import { describe, test } from 'node:test';\n${code}\n`);
    }
  }
  writeFileSync(join(compiled, 'deleted.test.js'), `import { test } from 'node:test';\n${fails}\n`);
  const { NODE_TEST_CONTEXT: _inherited, ...env } = process.env;
  const ran = spawnSync(process.execPath, [join(compiled, 'run.js'), ...args], { encoding: 'utf8', env });
  return { status: ran.status, stderr: ran.stderr, lines: ran.stdout.trimEnd().split('\n') };
}

test('passes, and lists what was skipped with its reason', (t) => {
  const { status, lines } = runProject(t, { 'a/one': passes, 'a/two': skips + passes, 'long/slow': fails });
  assert.equal(lines.at(-1), '2 passed, 0 failed, 1 skipped');
  assert.ok(lines.includes('  a/two: idle: needs a moon'), lines.join('\n'));
  assert.equal(status, 0);
});

test('fails when a test fails, a group counting as its tests', (t) => {
  const { status, lines } = runProject(t, { 'a/one': groups, 'a/two': passes });
  assert.equal(lines.at(-1), '2 passed, 1 failed');
  assert.equal(status, 1);
});

test('fails when a file cannot be loaded, and when it holds no test', (t) => {
  const { status, lines } = runProject(t, { 'a/one': passes, 'a/torn': "import './gone.js';", 'a/void': '' });
  assert.equal(lines.at(-1), '1 passed, 2 failed');
  assert.ok(lines.includes('  a/torn: ended with exit code 1'), lines.join('\n'));
  assert.ok(lines.includes('  a/void: holds no test'), lines.join('\n'));
  assert.equal(status, 1);
});

test('fails when nothing but skipped tests ran', (t) => {
  const { status, lines } = runProject(t, { 'a/one': skips });
  assert.equal(lines.at(-1), '0 passed, 0 failed, 1 skipped');
  assert.equal(status, 1);
});

test('runs the folders and files that are asked for, and refuses unknown ones', (t) => {
  const files = { 'a/one': fails, 'b/two': passes, 'b/three': passes, 'long/slow': passes };
  const chosen = runProject(t, files, 'b/two', 'long/');
  assert.deepEqual([chosen.lines.at(-1), chosen.status], ['2 passed, 0 failed', 0]);
  const unknown = runProject(t, files, 'b', 'c');
  assert.deepEqual([unknown.stderr, unknown.status], ['No tests are called c. There are a, b, long\n', 2]);
});
