/** Round numbers (1, 2 or 5 times a power of ten) within low..high, about `wanted` of them. */
export function linearTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const step = roundStep((high - low) / wanted);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step));
}

/** Powers of ten within low..high, thinned to at most `most`; with 2 and 5 between them where powers would be too few. */
export function logTicks(low: number, high: number, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  if (last - first < 2) {
    const ticks = betweenPowers(low, high);
    return ticks.length > 1 ? ticks : linearTicks(low, high, most);
  }
  const stride = Math.ceil((last - first + 1) / most);
  const ticks: number[] = [];
  for (let power = first; power <= last; power += stride) ticks.push(tidy(10 ** power));
  return ticks;
}

function betweenPowers(low: number, high: number): number[] {
  const power = 10 ** Math.floor(Math.log10(low));
  return [1, 2, 5, 10, 20, 50, 100, 200, 500]
    .map((digit) => tidy(digit * power))
    .filter((tick) => tick >= low && tick <= high);
}

function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const digit = about / power;
  // Halfway between the round numbers on a log scale.
  return power * (digit < Math.SQRT2 ? 1 : digit < Math.sqrt(10) ? 2 : digit < Math.sqrt(50) ? 5 : 10);
}

/** 0.30000000000000004 as 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12));
