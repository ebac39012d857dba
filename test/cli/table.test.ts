import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignColumns } from '../../src/cli/table.js';

test('columns are aligned and lines end without blanks', () => {
  assert.deepEqual(
    alignColumns(
      [
        ['name', 'n', ''],
        ['a', '1,000', 'x'],
      ],
      [1],
    ),
    ['name      n', 'a     1,000  x'],
  );
});
