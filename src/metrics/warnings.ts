import type { Estimate, Evaluation, Figure } from './evaluation.js';
import type { FigureKey } from './figures.js';
import { areNearCopies } from './verdict.js';

/** What warnings are made of, beside the figures. */
export interface EvaluationFacts {
  readonly genes: Evaluation['genes'];
  /** Genes that real and generated cells share and the training cells lack. */
  readonly lackedByTrain: number;
  /** Cells on each side of the comparison. */
  readonly cells: number;
  readonly labelKey: string | null;
  readonly labels: readonly { readonly label: string; readonly real: number; readonly generated: number }[];
  /** Share of held-out cells that equal a training cell; null without training cells. */
  readonly heldOutInTrain: number | null;
}

type Warning = Evaluation['warnings'][number];

const fewCells = 200;
const unevenLibraries = 1.25;
const wrongZeros = 0.02;
const wrongProportions = 0.1;
const flattened = 0.8;
const sharedCells = 0.01;
const missingGenes = 0.05;
const nearAll = 0.6;
const clinging = 0.1;

/** What a reader should know before the figures are believed, each with what to do about it. */
export function warningsOf(figures: readonly Figure[], facts: EvaluationFacts): Warning[] {
  const found = (key: FigureKey) => figures.find((figure) => figure.key === key)?.generated;
  const slope = found('fold_change_slope')?.value ?? 1;
  return [
    ...geneWarnings(facts),
    ...cellWarnings(facts),
    ...labelWarnings(facts),
    ...libraryWarnings(found('library_size_ratio')),
    ...zeroWarnings(found('zero_fraction_difference')),
    ...(slope < flattened
      ? [
          {
            problem: `Fold changes of markers are flattened to ${percent(Math.max(0, slope))} of those of real cells.`,
            advice:
              'Labels differ less than they should; train longer, or generate with a higher --guidance.',
          },
        ]
      : []),
    ...nearnessWarnings(found('nearer_share'), found('copied_share')),
  ];
}

function geneWarnings({ genes, lackedByTrain }: EvaluationFacts): Warning[] {
  const { shared, onlyReal, onlyGenerated } = genes;
  const total = shared + onlyReal + onlyGenerated + lackedByTrain;
  const parts = [
    ...(onlyReal > 0 ? [`${count(onlyReal)} only the real file has`] : []),
    ...(onlyGenerated > 0 ? [`${count(onlyGenerated)} only the generated file has`] : []),
    ...(lackedByTrain > 0 ? [`${count(lackedByTrain)} the training file lacks`] : []),
  ];
  if (parts.length === 0) return [];
  return [
    {
      problem: `${count(shared)} of ${count(total)} genes were compared; ${parts.join(', ')}.`,
      advice:
        total - shared > missingGenes * total
          ? 'Figures tell of the shared genes alone, library sizes and genes per cell too. A model of more genes (--genes) lets more be compared.'
          : 'Figures tell of the shared genes alone.',
    },
  ];
}

function cellWarnings({ cells, heldOutInTrain }: EvaluationFacts): Warning[] {
  return [
    ...(cells < fewCells
      ? [
          {
            problem: `Only ${cells} cells of each side were compared.`,
            advice: `Intervals are wide and small faults do not show; ${fewCells} or more tell more.`,
          },
        ]
      : []),
    ...(heldOutInTrain !== null && heldOutInTrain > sharedCells
      ? [
          {
            problem: `${percent(heldOutInTrain)} of the real cells are among the training cells too.`,
            advice:
              'They were not held out, so copying would look like quality. Give cells that were not trained on: cellcrate split sets them aside.',
          },
        ]
      : []),
  ];
}

function labelWarnings({ labelKey, labels }: EvaluationFacts): Warning[] {
  if (labelKey === null) return [];
  const absent = (side: 'real' | 'generated') =>
    labels.filter((row) => row[side] === 0).map(({ label }) => label);
  const totals = {
    real: labels.reduce((sum, { real }) => sum + real, 0),
    generated: labels.reduce((sum, { generated }) => sum + generated, 0),
  };
  const shares = labels.map((row) => ({
    label: row.label,
    real: row.real / totals.real,
    generated: row.generated / totals.generated,
  }));
  const moved = shares.reduce((sum, { real, generated }) => sum + Math.abs(real - generated), 0) / 2;
  const [worst] = shares.sort((a, b) => Math.abs(b.real - b.generated) - Math.abs(a.real - a.generated));
  return [
    ...(moved > wrongProportions
      ? [
          {
            problem: `Labels of ${labelKey} have other proportions: ${percent(moved)} of the cells would have to change theirs; most of all ${worst.label}, ${percent(worst.real)} of real and ${percent(worst.generated)} of generated cells.`,
            advice:
              'Figures over all cells then compare mixtures. Generate the proportions of the real cells (--label NAME=COUNT), or read label by label.',
          },
        ]
      : []),
    ...(['generated', 'real'] as const).flatMap((side) => {
      const names = absent(side);
      if (names.length === 0) return [];
      return [
        {
          problem: `No ${side} cell has ${names.length === 1 ? 'the label' : 'these labels'} of ${labelKey}: ${listed(names)}.`,
          advice:
            side === 'generated'
              ? 'Generate some with --label, or check that both files spell labels alike.'
              : 'They cannot be judged; check that both files spell labels alike.',
        },
      ];
    }),
  ];
}

function libraryWarnings(found: Estimate | undefined): Warning[] {
  const ratio = found?.value ?? 1;
  const isUneven = ratio > unevenLibraries || ratio < 1 / unevenLibraries;
  if (!isUneven || mayBe(1, found)) return [];
  return [
    {
      problem: `Library sizes differ: the median generated cell has ${ratio.toFixed(2)} times the counts of the median real cell.`,
      advice:
        'Zeros and genes per cell follow from it. Check that both files hold raw counts and that the model learned from cells of the same depth.',
    },
  ];
}

function zeroWarnings(found: Estimate | undefined): Warning[] {
  const difference = found?.value ?? 0;
  if (Math.abs(difference) <= wrongZeros || mayBe(0, found)) return [];
  const points = (100 * Math.abs(difference)).toFixed(1);
  return [
    difference < 0
      ? {
          problem: `Generated cells have too few zeros, by ${points} percentage points.`,
          advice: 'Values may have been smoothed or not drawn as counts; compare counts, not denoised means.',
        }
      : {
          problem: `Generated cells have too many zeros, by ${points} percentage points.`,
          advice: 'Genes or counts are lost; look at the zeros of each gene and at the library sizes.',
        },
  ];
}

/**
 * Cells without the noise of real ones lie near to everything, training cells too, and copy nothing; those that are nearer to
 * training than to held-out cells have learned what only training cells have. Copies are the verdict's affair.
 */
function nearnessWarnings(nearer: Estimate | undefined, copied: Estimate | undefined): Warning[] {
  if (!nearer || !copied || areNearCopies(nearer, copied)) return [];
  const least = copied.interval?.[0] ?? copied.value;
  if (least > clinging) {
    return [
      {
        problem: `Generated cells have training cells for their nearest more often than new cells would: as if ${percent(copied.value)} of them were near-copies.`,
        advice:
          'Such cells are overfitted, to the means of small labels for instance. Train for fewer steps or on more cells.',
      },
    ];
  }
  if (nearer.value < nearAll || least > 0) return [];
  return [
    {
      problem: `Generated cells lie nearer to training cells than held-out cells do (${percent(nearer.value)} of pairs), but no nearer to these than to held-out cells.`,
      advice:
        'That is smoothness, not copying: they vary less than real cells. Compare variances and density.',
    },
  ];
}

/** Whether the interval leaves room for the ideal. */
const mayBe = (ideal: number, found: Estimate | undefined): boolean =>
  found?.interval != null && found.interval[0] <= ideal && ideal <= found.interval[1];

const listed = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;

const count = (value: number): string => value.toLocaleString('en-US');
const percent = (part: number): string => `${Math.round(100 * part)}%`;
