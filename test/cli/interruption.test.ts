import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../shared.js';

/** A process that works until it is interrupted, then takes `lastsMilliseconds` more to stop in good order. */
function interruptible(lastsMilliseconds: number) {
  const module = pathToFileURL(join(projectRoot, 'build', 'src', 'cli', 'interruption.js'));
  const script = `
    const { catchInterruption } = await import('${module}');
    const interruption = catchInterruption(() => console.log('stopping'));
    const work = setInterval(() => undefined, 1000);
    interruption.signal.addEventListener('abort', () => setTimeout(() => {
      clearInterval(work);
      console.log('stopped');
      process.exitCode = interruption.exitStatus();
      interruption.release();
    }, ${lastsMilliseconds}));
    console.log('ready');`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Sends the signals, each when its word is heard; gives what was said and the exit status. */
function interrupt(
  lastsMilliseconds: number,
  signals: Readonly<Record<string, NodeJS.Signals>>,
): Promise<[string, number | null]> {
  const child = interruptible(lastsMilliseconds);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    for (const [word, signal] of Object.entries(signals)) if (text.includes(word)) child.kill(signal);
  });
  return new Promise((resolve) => child.on('close', (status) => resolve([said, status])));
}

test('the first signal stops the work in good order', async () => {
  assert.deepEqual(await interrupt(10, { ready: 'SIGINT' }), ['ready\nstopping\nstopped\n', 130]);
  assert.deepEqual(await interrupt(10, { ready: 'SIGTERM' }), ['ready\nstopping\nstopped\n', 143]);
});

test('the second signal ends the process at once', async () => {
  const signals = { ready: 'SIGTERM', stopping: 'SIGINT' } as const;
  assert.deepEqual(await interrupt(60_000, signals), ['ready\nstopping\n', 130]);
});
