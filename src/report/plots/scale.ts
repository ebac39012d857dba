import { trueMinus } from '../figure-format.js';
import { linearTicks, logTicks } from './ticks.js';

/** From the values of one axis to places on the drawing. What lies outside the domain stands at its edge. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
  readonly label: (tick: number) => string;
}

export type Span = readonly [number, number];

/** @param wanted about how many ticks */
export function linearScale(domain: Span, range: Span, wanted = 5): Scale {
  const [low, high] = widened(domain);
  const ticks = linearTicks(low, high, wanted);
  return { place: placer(low, high, range, (value) => value), ticks, label: tickLabel(ticks) };
}

/** @param domain above 0 @param most at most so many ticks */
export function logScale(domain: Span, range: Span, most = 5): Scale {
  const [low, high] = domain[1] > domain[0] ? domain : [domain[0] / 2, domain[0] * 2];
  return {
    place: placer(Math.log(low), Math.log(high), range, (value) => Math.log(Math.max(value, low))),
    ticks: logTicks(low, high, most),
    label: tickLabel([]),
  };
}

/** The span of all finite values, with a margin of `share` of it on both sides; 0..1 where there are none. */
export function spanOf(values: Iterable<number>, share = 0): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = share * (high - low);
  return [low - margin, high + margin];
}

function placer(low: number, high: number, [from, to]: Span, transform: (value: number) => number) {
  return (value: number): number => {
    const share = (transform(value) - low) / (high - low);
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  };
}

const widened = ([low, high]: Span): Span => {
  if (high > low) return [low, high];
  const margin = Math.abs(low) / 10 || 1;
  return [low - margin, high + margin];
};

/** As many decimals for all ticks as the finest needs, thousands apart. */
function tickLabel(ticks: readonly number[]): (tick: number) => string {
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  return (tick) => {
    const size = Math.abs(tick);
    if (size > 0 && (size < 1e-4 || size >= 1e7)) return trueMinus(String(Number(tick.toPrecision(2))));
    const own = Math.max(decimals, decimalsOf(tick));
    const digits = { minimumFractionDigits: own, maximumFractionDigits: own };
    return trueMinus(tick.toLocaleString('en-US', digits));
  };
}

const decimalsOf = (value: number): number => (String(value).split('.')[1] ?? '').replace(/e.*/, '').length;
