import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { markup, scriptJson } from '../../src/report/markup.js';
import { hostileLabel } from './simulated-evaluation.js';

test('what is put into markup is escaped, and markup is not', () => {
  const cell = markup`<td title="${'a "quoted" & \'single\' <b>'}">${hostileLabel}</td>`;
  assert.equal(
    markup`<tr>${[cell]}${null}${1.5}</tr>`.text,
    '<tr><td title="a &quot;quoted&quot; &amp; &#39;single&#39; &lt;b&gt;">&lt;script&gt;alert(1)&lt;/script&gt;</td>1.5</tr>',
  );
});

test('no text opens an element or leaves its attribute', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.doesNotMatch(markup`${text}`.text, /[<>"']/);
    }),
  );
});

test('JSON in a script element is the same value and cannot close it', () => {
  const value = { labels: [hostileLabel, '<!--', '</SCRIPT>', '\u2028'] };
  const { text } = scriptJson(value);
  assert.doesNotMatch(text, /</);
  assert.deepEqual(JSON.parse(text), value);
});
