import type { Evaluation, Level } from '../../metrics/evaluation.js';
import { type Markup, markup } from '../markup.js';
import { absence, section } from './section.js';

const levelTitle: Readonly<Record<Level, string>> = {
  indistinguishable: 'Not told apart from real cells',
  close: 'Close to real cells',
  different: 'Different from real cells',
  broken: 'Not like real cells',
  copied: 'Copies of training cells',
};

/** The answer in words, before any number. */
export function verdictSection({ verdict }: Evaluation): Markup {
  const sentences = verdict.sentences.map((sentence) => markup`<p>${sentence}</p>`);
  return markup`<section class="verdict" aria-labelledby="verdict-title"><h2 id="verdict-title">${levelTitle[verdict.level]}</h2>${sentences}</section>`;
}

export function warningSection({ warnings }: Evaluation): Markup {
  if (warnings.length === 0) return section('warnings', 'Warnings', absence('None.'));
  const items = warnings.map(
    ({ problem, advice }) => markup`<li><p><strong>${problem}</strong></p><p>${advice}</p></li>`,
  );
  return section('warnings', 'Warnings', markup`<ul class="warnings">${items}</ul>`);
}
