/**
 * Runs the compiled tests and ends with one line, `N passed, N failed`; `npm test -- io cli/help` runs a choice.
 * Tests that take minutes lie in test/long and run only when asked for.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { projectRoot } from './shared.js';

const sources = join(projectRoot, 'test');
const compiled = join(projectRoot, 'build', 'test');
/** Two files at a time: each may keep two threads of the tensor engine busy. */
const concurrency = 2;
/** More than any file needs, so that one that hangs is named instead of holding up the rest for ever. */
const fileMilliseconds = 15 * 60_000;

/** Subjects such as 'io/safetensors', from the sources: what was compiled from a deleted test is not run. */
function subjects(): string[] {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length).split(sep).join('/'))
    .sort();
}

function chosen(all: readonly string[], asked: readonly string[]): string[] {
  if (asked.length === 0) return all.filter((subject) => !subject.startsWith('long/'));
  return all.filter((subject) =>
    asked.some((name) => subject === name || subject.startsWith(`${name.replace(/\/$/, '')}/`)),
  );
}

async function runTests(files: string[]): Promise<void> {
  const count = { passed: 0, failed: 0 };
  const skipped: string[] = [];
  const broken: string[] = [];
  const events = run({ files, concurrency, timeout: fileMilliseconds });
  events.on('test:pass', ({ name, file, skip, details }) => {
    if (details.type === 'suite') return;
    if (files.includes(name)) {
      // A file stands for itself only where it holds no test.
      count.failed++;
      broken.push(`${subjectOf(name)}: holds no test`);
    } else if (skip !== undefined && skip !== false) {
      const where = file === undefined ? '' : `${subjectOf(file)}: `;
      skipped.push(`${where}${name}: ${skip === true ? 'no reason given' : skip}`);
    } else {
      count.passed++;
    }
  });
  events.on('test:fail', ({ name, details }) => {
    if (details.type === 'suite') return;
    count.failed++;
    if (files.includes(name)) broken.push(`${subjectOf(name)}: ${howItEnded(details.error)}`);
  });
  const report = events.pipe(new spec());
  report.pipe(process.stdout);
  await finished(report);

  list('Files that did not run to their end', broken);
  list('Skipped', skipped);
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(`${count.passed} passed, ${count.failed} failed${tail}`);
  process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
}

/** 'io/safetensors' of a compiled test file. */
const subjectOf = (file: string): string => relative(compiled, file).replace(/\.test\.js$/, '');

/** Node tells it of a file's process in fields that its types do not have. */
function howItEnded(error: object): string {
  const { exitCode, signal } = error as { exitCode?: number | null; signal?: string | null };
  return signal ? `ended by ${signal}` : `ended with exit code ${exitCode ?? 'unknown'}`;
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}

const all = subjects();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => chosen(all, [name]).length === 0);
const files = chosen(all, asked).map((subject) => join(compiled, `${subject}.test.js`));
const missing = files.filter((file) => !existsSync(file));
if (unknown.length > 0) {
  const rooms = [...new Set(all.map((subject) => subject.split('/')[0]))];
  console.error(`No tests are called ${unknown.join(', ')}. There are ${rooms.join(', ')}`);
  process.exitCode = 2;
} else if (missing.length > 0) {
  console.error(
    `Not compiled: ${missing.map((file) => relative(compiled, file)).join(', ')}. npm run compile`,
  );
  process.exitCode = 2;
} else {
  await runTests(files);
}
