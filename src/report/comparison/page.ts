import { budgetInWords, budgetName, type TrialBudget } from '../../comparison/budget.js';
import type { Comparison, DataSetComparison, FailedTrial, Machine } from '../../comparison/comparison.js';
import { rivalsIn } from '../../comparison/rivals.js';
import { formatAmount, formatBytes, formatCount } from '../../number-format.js';
import { version } from '../../version.js';
import { type Content, Markup, markup } from '../markup.js';
import { absence, section } from '../page/section.js';
import { styleSheet } from '../page/style-sheet.js';
import { dataSetTable } from './data-set-table.js';
import { outcomeSentences, rivalTable, rivalTitle } from './rival-table.js';

/** No address is ever asked, and nothing runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** The text of a comparison's report.html: one file that asks nothing of the network. */
export function comparisonPage(comparison: Comparison): string {
  const { dataSets, plan } = comparison;
  const rivals = rivalsIn(plan.models);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${plan.models.join(', ')} on ${formatAmount(dataSets.length, 'data set')} - cellcrate comparison</title>
<style>${new Markup(styleSheet)}</style>
</head>
<body>
${pageHeader(comparison)}
<main>
${outcomeSection(comparison)}
<nav aria-label="Sections">${rivals.length === 0 ? null : markup`<a href="#rivals">CRATE and DiT</a>`}${dataSets.map(({ name }, i) => markup`<a href="#data-${i}">${name}</a>`)}<a href="#method">Method</a></nav>
${failureSection(comparison)}
${
  rivals.length === 0
    ? null
    : section(
        'rivals',
        'CRATE against Diffusion Transformers',
        markup`<p class="note">Costs are the white-box model's over the Diffusion Transformer's: below 1 it needs less. Figures are means over seeds, ± their standard deviation; the control is that of real training cells. The noise is the deviation over seeds, or half the 95% interval over cells where that is more.</p>`,
        rivals.map((pair) => markup`<h3>${rivalTitle(pair)}</h3>${rivalTable(comparison, pair)}`),
      )
}
${dataSets.map((dataSet, i) => dataSetSection(comparison, dataSet, `data-${i}`))}
${methodSection(comparison)}
</main>
${pageFooter(comparison)}
</body>
</html>
`;
  return page.text;
}

function pageHeader({ plan, machine }: Comparison): Markup {
  const budgets = plan.budgets.map(budgetOfTrial).join('; ');
  return markup`<header>
<h1>cellcrate comparison</h1>
<p class="files">Models: ${plan.models.join(', ')}</p>
<p class="files">Budgets: ${budgets}; ${formatAmount(plan.seeds, 'seed')} each</p>
<p class="files">Machine: ${describeMachine(machine)}; ${formatAmount(plan.threads, 'thread')} used, device ${plan.device}</p>
</header>`;
}

const describeMachine = ({ processor, processors, memory, system, node }: Machine): string =>
  `${processor}, ${formatAmount(processors, 'processor')}, ${formatBytes(memory)} of memory, ${system}, Node ${node}`;

const budgetOfTrial = (budget: TrialBudget): string =>
  `${budgetInWords(budget)} ${budget.unit === 'epochs' ? 'a stage' : 'in all'}`;

/** The answer in words, before any number. */
function outcomeSection(comparison: Comparison): Markup {
  const { left, plan, dataSets } = comparison;
  const trials = dataSets.flatMap((dataSet) => dataSet.trials);
  const finished = trials.filter(({ outcome }) => outcome === 'finished').length;
  const failed = trials.length - finished;
  const title = left === 0 ? 'What it comes to' : 'What it comes to so far';
  const counts = `${formatAmount(finished, 'trial')} finished${failed === 0 ? '' : `, ${formatCount(failed)} failed`}${left === 0 ? '' : `, ${formatCount(left)} left to do`}: ${formatAmount(dataSets.length, 'data set')}, ${formatAmount(plan.models.length, 'model')}, ${formatAmount(plan.budgets.length, 'budget')}, ${formatAmount(plan.seeds, 'seed')}.`;
  const sentences = [...outcomeSentences(comparison), counts];
  return markup`<section class="verdict" aria-labelledby="verdict-title"><h2 id="verdict-title">${title}</h2>${sentences.map((sentence) => markup`<p>${sentence}</p>`)}</section>`;
}

function failureSection({ dataSets }: Comparison): Content {
  const failed = dataSets
    .flatMap(({ trials }) => trials)
    .filter((trial): trial is FailedTrial => trial.outcome === 'failed');
  if (failed.length === 0) return null;
  const items = failed.map(
    ({ dataSet, model, budget, seed, message }) =>
      markup`<li><p><strong>${dataSet}, ${model}, ${budgetName(budget)}, seed ${seed}</strong></p><p>${message}</p></li>`,
  );
  return section('failures', 'Failed', markup`<ul class="warnings">${items}</ul>`);
}

function dataSetSection(comparison: Comparison, dataSet: DataSetComparison, id: string): Markup {
  const { split, trials, name } = dataSet;
  const { cells, train, heldOut, compared, modelledGenes, genes, labelKey, values } = split;
  const note = `${formatAmount(cells, 'cell')}: ${formatCount(train)} to train, ${formatCount(heldOut)} held out, ${formatCount(compared)} of each side compared. ${formatCount(modelledGenes)} of ${formatAmount(genes, 'gene')}; ${values}; ${labelKey === null ? 'no labels' : `labels ${labelKey}`}.`;
  return section(
    id,
    name,
    markup`<p class="note">${note}</p>`,
    trials.length === 0
      ? absence('No trial has come to its end yet.')
      : comparison.plan.budgets.map((budget) => [
          comparison.plan.budgets.length === 1 ? null : markup`<h3>${budgetOfTrial(budget)}</h3>`,
          dataSetTable(comparison, dataSet, budget),
        ]),
  );
}

function methodSection({ plan }: Comparison): Markup {
  return section(
    'method',
    'Method',
    markup`<ul>
<li>Every model sees the same split of a data set (a quarter held out, labels in proportion, seed ${plan.seed}) and the same genes, the most variable ones of its training cells.</li>
<li>Budgets: epochs count for each stage, so a model of several stages passes over the cells up to so many times as often; minutes are shared by its stages. A model whose recipe holds cells back stops earlier where these tell it to.</li>
<li>Each training and each generation runs by itself in a process of its own; peak memory is the resident memory of that process (not of a GPU). Training times are those of the loop, without reading data and compiling; generation times are of the whole, reading the model and writing the file included.</li>
<li>Multiply-adds are counted in the network's graph: matrix products of one cell. A generated cell takes the sampler's evaluations and the decoder.</li>
<li>Training losses are those of different tasks, and compare only where two models learn the same one (wbdit and the DiTs; the denoisers of crate and latent-dit, in latent spaces of the same recipe).</li>
<li>Figures are those of cellcrate evaluate, of equal numbers of cells. Models that give no counts are compared as logarithms, brought to the total of the held-out cells.</li>
</ul>`,
  );
}

function pageFooter({ plan }: Comparison): Markup {
  const hashes = plan.dataSets.map(({ name, sha256 }) => `${name} ${sha256.slice(0, 12)}`).join(', ');
  return markup`<footer><p>Files by SHA-256: ${hashes}. cellcrate ${version}. Every figure of every trial: comparison.csv; all of it with the plan: comparison.json.</p></footer>`;
}
