import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uniqueNames } from '../../src/io/elements/unique-names.js';

test('repeats get -1, -2, ... and skip names that are taken, as anndata does', () => {
  const { names, renamed } = uniqueNames(['a', 'b', 'a', 'a-1', 'a', 'b']);
  assert.deepEqual(names, ['a', 'b', 'a-2', 'a-1', 'a-3', 'b-1']);
  assert.equal(renamed, 3);
});

test('the result is always unique, and first occurrences keep their names', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'a-1', 'a-1-1', 'a-2')), (given) => {
      const { names } = uniqueNames(given);
      assert.equal(new Set(names).size, given.length);
      given.forEach((name, i) => {
        if (given.indexOf(name) === i) assert.equal(names[i], name);
      });
    }),
  );
});
