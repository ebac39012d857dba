import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { parseProgrammeNames, requestsByNumber } from '../../src/model/programme-names.js';
import { temporaryFolder } from '../temporary-folder.js';

test('names in any script, with spaces around and empty lines between', () => {
  const names = parseProgrammeNames('\n heat shock \t 17 \r\nЦикл G2/M\t0\n\n', 'names.txt');
  assert.deepEqual(
    [...names],
    [
      ['heat shock', 17],
      ['Цикл G2/M', 0],
    ],
  );
});

test('what is no list of names is refused by file and line', async (t) => {
  const refused: [string, RegExp][] = [
    ['heat shock 17', /names.txt: line 1 is not a name and a programme's number/],
    ['a\t1\nb\tx', /line 2/],
    ['a\t1.5', /line 1/],
    ['\t3', /line 1/],
    ['a\t1\na\t2', /names 'a' twice/],
    ['17\t3', /names a programme '17'/],
    [' \n', /names no programme/],
  ];
  for (const [text, message] of refused) {
    assert.throws(
      () => parseProgrammeNames(text, 'names.txt'),
      (error) => error instanceof FileError && message.test(error.message),
      text,
    );
  }
  await assert.rejects(
    requestsByNumber(['a=1'], join(temporaryFolder(t), 'none.txt')),
    /none.txt: cannot be read/,
  );
});
