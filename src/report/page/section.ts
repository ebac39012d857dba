import { type Content, type Markup, markup } from '../markup.js';
import type { Plot } from '../plots/plot.js';
import { pageTheme } from '../plots/theme.js';

/** A part of the page below one heading; `id` is what links lead to. */
export function section(id: string, title: string, ...content: readonly Content[]): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`;
}

/** In place of what there are no data for: why, and what brings it. */
export const absence = (sentence: string): Markup => markup`<p class="empty">${sentence}</p>`;

/** Lines below each other in a cell of a table. */
export const linesOf = (lines: readonly string[]): Content =>
  lines.map((line, i) => [i === 0 ? null : markup`<br>`, line]);

/** A plot with its title and what to look for. */
export function plotFigure(plot: Plot, caption: string): Markup {
  return markup`<figure><h3>${plot.title}</h3>${plot.draw(pageTheme)}<figcaption>${caption}</figcaption></figure>`;
}

/** A row of column headings; those in `prose` stand over text, flush left. */
export function headRow(names: readonly string[], prose: readonly string[] = []): Markup {
  return markup`<tr>${names.map((name) => markup`<th scope="col"${prose.includes(name) ? markup` class="genes"` : null}>${name}</th>`)}</tr>`;
}

/** A table that scrolls sideways by itself where the screen is narrow; `caption` also names it for screen readers. */
export function scrollingTable(caption: string, head: Content, body: Content): Markup {
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption><span class="inview">${caption}</span></caption><thead>${head}</thead><tbody>${body}</tbody></table></div>`;
}
