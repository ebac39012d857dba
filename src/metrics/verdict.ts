import type { Estimate, Evaluation, Figure, Level } from './evaluation.js';
import type { FigureKey } from './figures.js';
import { isLevel } from './standing.js';

/** A forest that is right about two cells this often is nearer to certainty (1) than to guessing (0.5). */
const tellsApart = 0.75;
/** A forest that is hardly ever wrong. */
const tellsForCertain = 0.9;
/** How much farther than the worst baseline a generator may lie before it has learned nothing. */
const farBehindBaselines = 3;
/** Squared distances below this are small, whatever the baselines come to. */
const smallMmd = 0.01;
/** Both ends of intervals: cells about means that few training cells made come to 0.6 and 0.4, and copy nothing. */
const copying = { nearerShare: 0.6, copiedShare: 0.25 };
const toleratedExactCopies = 0.01;

/** What a figure is lost by half, or nearly all, of: that far below the control, or below 1 without one. */
const lostHalf = 0.5;
const lostMost = 0.1;

type Found = ReadonlyMap<string, Figure>;

/**
 * The verdict in words, from the figures. 'copied' where training cells come back; 'broken' where a forest is hardly ever wrong and
 * genes do not go together, or are not as high, as in real cells, hardly any real cell is met, or simple baselines are far
 * nearer; 'indistinguishable' where every headline figure is level with the control (without one: where the forests guess and MMD^2
 * may be 0); 'close' where forests are nearer to guessing than to certainty and labels are right; else 'different'.
 */
export function verdictOf(figures: readonly Figure[]): Evaluation['verdict'] {
  const found: Found = new Map(figures.map((figure) => [figure.key, figure]));
  const copies = copyingSentences(found);
  const wrecks = failures(found);
  const level = levelOf(found, figures, copies.length > 0, wrecks.length > 0);
  return {
    level,
    sentences: [
      ...copies,
      forestSentence(found),
      ...(level === 'broken' ? wrecks : [headlineSentence(figures)]),
      ...(level === 'copied' ? [] : [noCopyingSentence(found)]),
    ],
  };
}

function levelOf(found: Found, figures: readonly Figure[], isCopied: boolean, isBroken: boolean): Level {
  if (isCopied) return 'copied';
  if (isBroken) return 'broken';
  const compared = comparedHeadlines(figures);
  const isControlled = compared.some(({ control }) => control !== null);
  const isEven = isControlled ? compared.every(isLevel) : forestsGuess(found);
  if (isEven) return 'indistinguishable';
  const agreement = share(found, 'label_agreement');
  const isNear = worstForest(found) < tellsApart && (agreement === null || agreement > tellsApart);
  return isNear ? 'close' : 'different';
}

const comparedHeadlines = (figures: readonly Figure[]): Figure[] =>
  figures.filter(({ headline, group }) => headline && group !== 'memorisation');

const forests: readonly FigureKey[] = ['rf_auroc_pcs', 'rf_auroc_genes'];

const worstForest = (found: Found): number =>
  Math.max(...forests.map((key) => found.get(key)?.generated.value ?? 0.5));

function forestsGuess(found: Found): boolean {
  return ([...forests, 'mmd'] as const).every((key) => {
    const figure = found.get(key);
    if (figure === undefined) return true;
    const { value, interval } = figure.generated;
    return (interval?.[0] ?? value) <= (figure.ideal ?? 0);
  });
}

/** A figure of generated cells as a share of the control's, or of 1 without a control. */
function share(found: Found, key: FigureKey): number | null {
  const figure = found.get(key);
  if (figure === undefined || Number.isNaN(figure.generated.value)) return null;
  const whole = figure.control?.value ?? 1;
  return whole > 0 ? figure.generated.value / whole : null;
}

/** Whether so many cells are nearly training cells that the model gives these back. */
export const areNearCopies = (nearer: Estimate, copied: Estimate): boolean =>
  lowEnd(nearer) > copying.nearerShare && lowEnd(copied) > copying.copiedShare;

/** What says that training cells came back. */
function copyingSentences(found: Found): string[] {
  const exact = found.get('exact_copies')?.generated.value ?? 0;
  if (exact > toleratedExactCopies) {
    return [`${percent(exact)} of the generated cells equal a training cell in every gene: they are copies.`];
  }
  const nearer = found.get('nearer_share')?.generated;
  const copied = found.get('copied_share')?.generated;
  if (nearer === undefined || copied === undefined) return [];
  if (!areNearCopies(nearer, copied)) return [];
  return [
    `Generated cells cling to training cells: they are nearer to one than held-out cells are in ${percent(nearer.value)} of pairs (50% is expected of new cells, 100% of copies), and about ${percent(copied.value)} of them look like near-copies.`,
  ];
}

function noCopyingSentence(found: Found): string {
  const nearer = found.get('nearer_share')?.generated;
  if (nearer === undefined) return 'Whether training cells were copied is not known: give them with --train.';
  const sign = lowEnd(nearer) > 0.5 ? 'No copying, but' : 'No sign of copying:';
  return `${sign} generated cells are nearer to a training cell than held-out cells are in ${percent(nearer.value)} of pairs (50% is ideal).`;
}

/** What says that the cells are not cells of this tissue. */
function failures(found: Found): string[] {
  if (worstForest(found) < tellsForCertain) return [];
  const correlation = share(found, 'gene_correlation_top100');
  const means = share(found, 'gene_mean_pearson');
  const coverage = share(found, 'coverage');
  const distance = found.get('mmd');
  const rivals = [...(distance?.baselines.values() ?? [])].map(({ value }) => value);
  const isFar =
    distance !== undefined &&
    rivals.length > 0 &&
    distance.generated.value > farBehindBaselines * Math.max(smallMmd, ...rivals);
  return [
    ...(correlation !== null && correlation < lostHalf
      ? [
          `Genes do not go together as in real cells: gene-gene correlations agree by ${beside(found, 'gene_correlation_top100')}.`,
        ]
      : []),
    ...(means !== null && means < lostHalf
      ? [
          `Genes are not as high as in real cells: their means correlate by ${beside(found, 'gene_mean_pearson')}.`,
        ]
      : []),
    ...(coverage !== null && coverage < lostMost
      ? [
          `Hardly any real cell has a generated cell in its neighbourhood: coverage is ${beside(found, 'coverage')}.`,
        ]
      : []),
    ...(isFar
      ? [
          `Simple baselines are far nearer to real cells: MMD² is ${number(distance.generated.value)}, theirs ${rivals.map(number).join(' and ')}.`,
        ]
      : []),
  ];
}

function forestSentence(found: Found): string {
  const [pcs, genes] = forests.map((key) => found.get(key));
  if (pcs === undefined || genes === undefined) return 'Forests were not grown.';
  const worst = worstForest(found);
  const how =
    worst >= tellsForCertain
      ? 'hardly ever fails to tell'
      : worst >= tellsApart
        ? 'mostly tells'
        : 'often fails to tell';
  const control =
    pcs.control === null || genes.control === null
      ? ''
      : `; real training cells come to ${number(pcs.control.value)} and ${number(genes.control.value)}`;
  return `A random forest ${how} generated from real cells: AUROC ${number(pcs.generated.value)} on principal components and ${number(genes.generated.value)} on genes (0.5 is guessing${control}).`;
}

function headlineSentence(figures: readonly Figure[]): string {
  const compared = comparedHeadlines(figures);
  if (compared.every(({ control }) => control === null)) {
    return 'What real cells would come to is not known: give training cells with --train.';
  }
  const behind = compared.filter((figure) => !isLevel(figure)).map(({ title }) => title);
  const count = compared.length;
  if (behind.length === 0)
    return `All ${count} headline figures are level with those of real training cells.`;
  return `${count - behind.length} of ${count} headline figures are level with those of real training cells; short of them: ${behind.join(', ')}.`;
}

function beside(found: Found, key: FigureKey): string {
  const figure = found.get(key)!;
  const control = figure.control === null ? '' : ` (real training cells: ${number(figure.control.value)})`;
  return `${number(figure.generated.value)}${control}`;
}

const lowEnd = ({ value, interval }: Estimate): number => interval?.[0] ?? value;
const percent = (part: number): string => `${Math.round(100 * part)}%`;
const number = (value: number): string => value.toFixed(3).replace('-', '−');
