import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barLine, Progress, type ProgressReport, plainLine } from '../../src/cli/progress.js';

const at = (step: number, label = 'train'): ProgressReport => ({
  label,
  fraction: step / 100,
  details: [`step ${step}/100`],
  etaSeconds: 100 - step,
});

/** A stream that remembers, and a clock that is turned by hand. */
function recorder(isTTY: boolean) {
  const record = { text: '', time: 0 };
  const stream = {
    isTTY,
    columns: 80,
    write: (part: string) => {
      record.text += part;
    },
  };
  return { record, stream, now: () => record.time };
}

test('a log gets a plain line every five seconds, the last one, and no control codes', () => {
  const { record, stream, now } = recorder(false);
  const progress = new Progress(stream, false, now, () => null);
  for (let step = 0; step <= 100; step++) {
    record.time = step * 100;
    progress.update(at(step));
  }
  progress.message('saved');
  progress.end();
  assert.equal(
    record.text,
    'train  0%  ETA 1 min 40 s  step 0/100\n' +
      'train  50%  ETA 50 s  step 50/100\n' +
      'train  100%  ETA 0.0 s  step 100/100\n' +
      'saved\n',
  );
});

test('a terminal gets one line drawn anew at most ten times a second', () => {
  const { record, stream, now } = recorder(true);
  const progress = new Progress(stream, false, now, () => null);
  for (let step = 0; step < 100; step++) {
    record.time = step * 10;
    progress.update(at(step));
  }
  progress.message('a message');
  progress.end();
  const drawn = record.text.split('\r\x1b[K');
  assert.equal(drawn.length - 1, 10 + 1 + 1);
  assert.ok(record.text.includes('\r\x1b[Ka message\n'));
  assert.ok(record.text.endsWith('ETA 1.0 s  step 99/100\n'));
  assert.ok(drawn.every((line) => line.replace(/\n.*$/s, '').length < 80));
});

test('another label begins another line and shows how the first one ended', () => {
  const { record, stream, now } = recorder(false);
  const progress = new Progress(stream, false, now, () => null);
  for (const report of [at(1), at(2), at(3), at(1, 'diffusion')]) progress.update(report);
  progress.end();
  assert.deepEqual(record.text.match(/^\w+ +\d+%/gm), ['train  1%', 'train  3%', 'diffusion  1%']);
});

test('quiet is silent', () => {
  for (const isTTY of [true, false]) {
    const { record, stream, now } = recorder(isTTY);
    const progress = new Progress(stream, true, now, () => null);
    progress.update(at(1));
    progress.message('hello');
    progress.end();
    assert.equal(record.text, '');
  }
});

test('work without a known end has neither bar nor percentage, and a line never wraps', () => {
  const report = { label: 'fit', fraction: null, details: ['step 7'], etaSeconds: null };
  assert.equal(barLine(report, 80), 'fit  step 7');
  assert.equal(plainLine(report), 'fit  step 7');
  assert.equal(barLine(at(50), 80).match(/#/g)?.length, 10);
  assert.equal(barLine(at(50), 20).length, 19);
});

test('memory stands last in a line', () => {
  const { record, stream, now } = recorder(false);
  new Progress(stream, false, now, () => 1_234_000_000).update(at(50));
  assert.equal(record.text, 'train  50%  ETA 50 s  step 50/100  memory 1.2 GB\n');
});
