import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportError } from '../../src/cli/errors.js';
import { asArgument, printable, printableLines } from '../../src/cli/printable.js';
import { Progress } from '../../src/cli/progress.js';
import { FileError } from '../../src/errors.js';
import { smallTissue, workplace } from '../model/small-tissue.js';
import { runCli } from './run-cli.js';

const hostile = 'B\x1b]0;owned\x07 cell\u202e\x9b2J\nLabels: forged\tline\u2028';

test('control characters are written out, text of any language is not', () => {
  assert.equal(
    printable(hostile),
    'B\\u001b]0;owned\\u0007 cell\\u202e\\u009b2J\\u000aLabels: forged\\u0009line\\u2028',
  );
  assert.equal(JSON.parse(printable(JSON.stringify(hostile))), hostile, 'JSON stays JSON');
  const plain = 'Zelle µ, 細胞, клетка, 🧬';
  assert.equal(printable(plain), plain);
  assert.equal(printableLines(`a\n${hostile}`), `a\n${hostile.split('\n').map(printable).join('\n')}`);
});

test('a path that is shown to be copied is quoted where a shell would part it', () => {
  for (const plain of ['run', '../a-b/c_d.h5ad', '/tmp/x+1']) assert.equal(asArgument(plain), plain);
  assert.equal(asArgument("it's my run"), "'it'\\''s my run'");
  assert.equal(asArgument('a\x07;b'), "'a\\u0007;b'");
});

test('names from files do not steer the terminal: not in errors, messages or tables', async (t) => {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  reportError(new FileError(hostile, hostile, hostile), false, write);
  const progress = new Progress({ isTTY: false, write }, false);
  progress.message(hostile);
  progress.update({ label: hostile, fraction: 0.5, details: [hostile], etaSeconds: 1 });
  progress.end();
  const tissue = smallTissue();
  const codes = Int32Array.from(tissue.obs.index, (_, cell) => cell % 2);
  const column = { kind: 'categorical', categories: [hostile, 'T cell'], codes, ordered: false } as const;
  const { data } = await workplace(t, {
    ...tissue,
    obs: { ...tissue.obs, columns: new Map([[hostile, column]]) },
  });
  const { stdout, stderr, status } = await runCli('inspect', data);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /owned/);
  for (const output of [text, stdout, stderr]) {
    assert.equal(output, printableLines(output));
    assert.doesNotMatch(output, /^Labels: forged/m);
  }
});
