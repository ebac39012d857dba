import type { Figure } from '../metrics/evaluation.js';
import { isLevel, lossOf } from '../metrics/standing.js';

/** Where generated cells stand by one figure: level with real ones, between these and baselines, or behind baselines. */
export type Standing = 'level' | 'ahead' | 'mixed' | 'behind' | 'unknown';

export interface Judgement {
  readonly standing: Standing;
  /** A short sentence. */
  readonly words: string;
}

/**
 * Holds a figure of generated cells against the control and the baselines. It is level with the control where it is
 * no worse, or where their intervals overlap.
 */
export function judge(figure: Figure): Judgement {
  const { generated, control, baselines } = figure;
  const loss = lossOf(figure);
  if (Number.isNaN(generated.value)) return unknown('Not defined for these cells.');
  if (loss === null) return unknown('Nothing to hold it against.');
  if (figure.group === 'memorisation') return judgeCopying(figure);
  if (isLevel(figure)) return { standing: 'level', words: 'Level with real training cells.' };
  const short = control === null ? '' : ', short of real cells';
  const rivals = [...baselines].filter(([, estimate]) => !Number.isNaN(estimate.value));
  const winners = rivals.filter(([, estimate]) => loss(estimate.value) < loss(generated.value));
  if (rivals.length === 0) {
    return control === null
      ? unknown('Nothing to hold it against: no training cells, no baseline.')
      : { standing: 'mixed', words: 'Short of real training cells.' };
  }
  if (winners.length === 0) return { standing: 'ahead', words: `Better than every baseline${short}.` };
  if (winners.length === rivals.length) return { standing: 'behind', words: 'Behind every baseline.' };
  return { standing: 'mixed', words: `Behind the baseline ${winners.map(([name]) => name).join(', ')}.` };
}

/** Real cells that a model has seen are copies themselves, so these figures are held against their ideal alone. */
function judgeCopying({ generated: { value, interval }, ideal }: Figure): Judgement {
  if (ideal === null) return unknown('Nothing to hold it against.');
  const [low, high] = interval ?? [value, value];
  return low <= ideal && ideal <= high
    ? { standing: 'level', words: 'No sign of copying.' }
    : { standing: 'mixed', words: 'Away from its ideal: see Memorisation.' };
}

/** 'lower is better', 'nearer 0.5 is better'. */
export function directionOf({ better, ideal }: Pick<Figure, 'better' | 'ideal'>): string {
  if (better !== 'near') return `${better} is better`;
  return ideal === null ? 'nearer the control is better' : `nearer ${ideal} is better`;
}

const unknown = (words: string): Judgement => ({ standing: 'unknown', words });
